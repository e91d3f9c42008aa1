using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>Runs rules. One that breaks is our fault: it is reported once, and the request goes on without it.</summary>
/// <param name="patience">Asked before each rule.</param>
internal sealed class RuleRunner(Patience? patience)
{
    private List<RuleFailure>? failures;

    public IReadOnlyList<RuleFailure> Failures => failures ?? (IReadOnlyList<RuleFailure>)[];

    public IReadOnlyList<Finding> Run(RuleSetting setting, Inspection inspection)
    {
        patience?.Check();
        try
        {
            return inspection.Run(setting);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or PatienceEndedException))
        {
            failures ??= [];
            if (!failures.Exists(f => f.Rule == setting.Rule.Id))
                failures.Add(new RuleFailure(setting.Rule.Id, e));
            return [];
        }
    }
}
