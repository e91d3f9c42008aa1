using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// Of several policies that find the same, the strictest action; the first policy by name where they agree. A rule may find one key more than once:
/// the first of one policy is then the first of the other, and so on.
/// </summary>
internal sealed class JudgementList(int policies)
{
    private readonly List<Judgement> judgements = [];
    private Dictionary<(string Rule, string Key, int Nth), int>? places;
    private Dictionary<string, int>? nth;

    /// <summary>A repair: made once, by the first policy that says so.</summary>
    public void AddRepair(Judgement judgement) => judgements.Add(judgement);

    /// <summary>Before the findings of another policy or rule are added.</summary>
    public void BeginRule() => nth?.Clear();

    public void Add(Judgement judgement)
    {
        if (policies == 1)
        {
            judgements.Add(judgement);
            return;
        }
        nth ??= new(StringComparer.Ordinal);
        places ??= [];
        var number = nth[judgement.Finding.Key] = nth.GetValueOrDefault(judgement.Finding.Key) + 1;
        var key = (judgement.Rule, judgement.Finding.Key, number);
        if (places.TryAdd(key, judgements.Count))
        {
            judgements.Add(judgement);
            return;
        }
        var at = places[key];
        if (judgement.Action > judgements[at].Action)
            judgements[at] = judgement with { IsAdmitted = judgement.IsAdmitted || judgements[at].IsAdmitted };
        else if (judgement.IsAdmitted)
            judgements[at] = judgements[at] with { IsAdmitted = true };
    }

    /// <summary>Strictest first, with the rules that broke.</summary>
    public List<Judgement> Sorted(Subject subject, IReadOnlyList<RuleFailure> failures)
    {
        foreach (var failure in failures)
        {
            var message = $"rule {failure.Rule} broke and was left out ({failure.Exception.GetType().Name}): please report it";
            judgements.Add(
                new Judgement(
                    "internal",
                    "",
                    new Finding(subject.Root, failure.Rule, message),
                    subject.Paths,
                    GuardAction.Warn,
                    GuardAction.Warn,
                    Because.None
                )
            );
        }
        return judgements.Count < 2 ? judgements : [.. judgements.OrderByDescending(j => j.Action)];
    }
}
