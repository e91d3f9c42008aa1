namespace AdmissionGuard.Core.Routing;

/// <summary>The entries of all objects for one host, port and caller, in the order in which the proxy tries them.</summary>
internal sealed class RequestTable(IReadOnlyList<TableRule> rules)
{
    /// <summary>Fewer entries are tried one by one.</summary>
    private const int Few = 8;

    private RuleIndex? index;
    private int? regexes;

    public IReadOnlyList<TableRule> Rules { get; } = rules;

    /// <summary>How many of the entries compare something with a regular expression.</summary>
    public int Regexes => regexes ??= Rules.Count(r => r.Match.HasRegex);

    /// <summary>
    /// Whether nobody has the host: in the mesh its service then answers by itself, at a gateway nobody does.
    /// </summary>
    public bool IsEmpty => Rules.Count == 0;

    /// <summary>Null: nobody takes it, the answer is 404.</summary>
    public TableRule? TakerOf(Request request)
    {
        if (Rules.Count > Few)
            return (index ??= new RuleIndex(Rules)).TakerOf(request);
        foreach (var rule in Rules)
        {
            if (rule.Match.Takes(request))
                return rule;
        }
        return null;
    }

    public bool IsSameAs(RequestTable other)
    {
        if (Rules.Count != other.Rules.Count)
            return false;
        for (var i = 0; i < Rules.Count; i++)
        {
            if (!ReferenceEquals(Rules[i], other.Rules[i]) && !Rules[i].IsSameAs(other.Rules[i]))
                return false;
        }
        return true;
    }
}
