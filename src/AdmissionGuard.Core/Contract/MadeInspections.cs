using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Contract;

/// <summary>
/// What Flagger makes of a Canary, each object judged by the rules of its kind in the world in which all of them are there. A finding goes back to
/// the field of the Canary that it comes from, its repair too. One about a field that spec.service does not have is left out, and one whose repair
/// would write only such fields is a note (docs/facts/flagger.md#service-schema).
/// </summary>
internal sealed class MadeInspections
{
    private const string Service = "/spec/service/";

    private readonly Inspection canary;
    private readonly List<(MadeObject Made, Inspection Inspection)> all = [];
    private readonly bool isCertain;

    public MadeInspections(Inspection canary)
    {
        this.canary = canary;
        isCertain = CanaryService.IsRouterKnown(canary.Spec);
        var made = MadeObjects.Of(canary.Subject.Root, canary.Key);
        var before = canary.Old is { } old ? MadeObjects.Of(old.Root, old.Key) : [];
        List<(ObjectKey, Node)> world = [.. made.Select(m => (m.Key, m.Root))];
        foreach (var one in made.Where(m => !m.IsTwin))
        {
            var earlier = before.FirstOrDefault(b => b.Key == one.Key);
            all.Add(
                (
                    one,
                    new Inspection(
                        new Subject(one.Key, one.Root, canary.Settings),
                        earlier is null ? null : new Subject(one.Key, earlier.Root, canary.Settings),
                        canary.World.Making(one.Key, world)
                    )
                    {
                        Patience = canary.Patience,
                    }
                )
            );
        }
    }

    public IEnumerable<Finding> Run(RuleSetting by)
    {
        var seen = new HashSet<(string, string?, string?)>();
        foreach (var (made, inspection) in all)
        {
            if (!by.Rule.Kinds.Contains(made.Key.Kind))
                continue;
            foreach (var finding in inspection.Run(by))
            {
                var path = made.SourceOf(inspection.Subject.Paths.Of(finding.At).ToString(), out var hasPlace);
                if (!IsDropped(path) && seen.Add((path, finding.Found, finding.Limit)))
                    yield return Moved(made, inspection, finding, path, hasPlace);
            }
        }
    }

    private Finding Moved(MadeObject made, Inspection inspection, Finding finding, string path, bool hasPlace)
    {
        var kept = Moved(made, inspection, finding.Edit);
        var isWhole = kept is not null && kept.Leaves.Count == finding.Edit!.Leaves.Count;
        // a repair of which nothing is left would write fields that the definition drops
        var hasNoField = finding.Edit is not null && kept is null;
        var condition = isCertain ? "" : ", if its -mesh-provider is istio";
        var most = isCertain ? GuardAction.Deny : GuardAction.Warn;
        if (hasNoField)
            most = GuardAction.Audit;
        var more = hasNoField ? "; spec.service has no field for it" : "";
        return finding with
        {
            At = PlaceAt(path),
            Message = $"{finding.Message} (in Flagger's {made.Key.Kind}{condition}{more})",
            Remedy = RemedyOf(finding, PlaceAt(path), kept, isWhole, hasPlace && !hasNoField),
            Edit = isCertain ? kept : null,
            AtMost = Least(finding.AtMost, most),
        };
    }

    /// <summary>As the rule wrote it, or of the part of its repair that is left.</summary>
    private static string? RemedyOf(Finding finding, Place at, Edit? edit, bool isWhole, bool hasPlace)
    {
        if (!hasPlace)
            return null;
        if (edit is null || isWhole)
            return finding.Remedy;
        var message = edit.Leaves[0].Path.Split('/') is ["trafficPolicy", var map, ..] ? map : null;
        return message is null
            ? null
            : PolicyDefaults.Yaml(at, message, edit.Leaves.Select(l => l with { Path = l.Path["trafficPolicy/".Length..] }));
    }

    private static bool IsDropped(string path) => path.StartsWith(Service, StringComparison.Ordinal) && DroppedFields.Drops(path[Service.Length..]);

    private static GuardAction Least(GuardAction one, GuardAction other) => one < other ? one : other;

    /// <summary>Its leaves below spec.service, without those that the definition drops; null where none is left.</summary>
    private Edit? Moved(MadeObject made, Inspection inspection, Edit? edit)
    {
        if (edit is null || canary.Spec["service"u8] is not { IsObject: true } service)
            return null;
        var anchor = inspection.Subject.Paths.Of(edit.Anchor).ToString();
        var leaves = new List<Edit.Leaf>();
        foreach (var leaf in edit.Leaves)
        {
            var path = made.SourceOf($"{anchor}/{leaf.Path}", out var hasPlace);
            if (!hasPlace || !path.StartsWith(Service, StringComparison.Ordinal))
                return null;
            var below = path[Service.Length..];
            if (!DroppedFields.Drops(below))
                leaves.Add(leaf with { Path = below });
        }
        return leaves.Count == 0 ? null : new Edit(service, leaves);
    }

    /// <summary>What is there of a path is walked, the rest is missing.</summary>
    private Place PlaceAt(string path)
    {
        var at = canary.Subject.Root;
        var written = path.Split('/')[1..];
        for (var i = 0; i < written.Length; i++)
        {
            var key = Pointer.Keys(written[i])[0];
            Node next = default;
            if (at.IsArray && int.TryParse(key, System.Globalization.CultureInfo.InvariantCulture, out var index) && index >= 0 && index < at.Count)
                next = at.ItemAt(index);
            else if (at.IsObject)
                next = at[key];
            if (!next.Exists)
                return at.IsObject ? new Place(at, string.Join('/', written[i..])) : at;
            at = next;
        }
        return at;
    }
}
