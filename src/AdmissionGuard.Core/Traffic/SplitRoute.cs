using System.Security.Cryptography;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Traffic;

/// <summary>What splits users between destinations by weight: a route of a VirtualService, a rule of an HTTPRoute, a TrafficSplit.</summary>
/// <param name="index">Among the routes of its protocol.</param>
internal abstract class SplitRoute(Node node, string protocol, int index, Shares shares)
{
    private string? key;
    private Destination[]? targets;

    public Node Node { get; } = node;

    /// <summary>http, tls or tcp of a VirtualService; one word for all routes of the other kinds.</summary>
    public string Protocol { get; } = protocol;

    public int Index { get; } = index;

    public Shares Shares { get; } = shares;

    public string? Name => NameNode.Text is { Length: > 0 } name ? name : null;

    /// <summary>Whether it has a name that one of these patterns covers.</summary>
    public bool IsNamedBy(IReadOnlyList<string> patterns) => patterns.Count > 0 && Name is { } name && Wildcard.MatchesAny(patterns, name);

    /// <summary>The absent node where such a route has no name.</summary>
    public abstract Node NameNode { get; }

    public abstract Node Match { get; }

    public abstract Node Destinations { get; }

    /// <summary>The key of <see cref="Destinations"/>: <c>route</c>, <c>backendRefs</c>, <c>backends</c>.</summary>
    public abstract string ListName { get; }

    /// <summary>Takes every request that no other takes.</summary>
    public abstract bool IsCatchAll { get; }

    /// <summary>The same text for the same conditions.</summary>
    public abstract string CanonicalMatch { get; }

    /// <summary>
    /// What it is called in keys: its name, or else its conditions; long ones by their hash, since every destination's key begins with it.
    /// </summary>
    public string Key => key ??= $"{Protocol}:{Name ?? Shortened(CanonicalMatch)}";

    /// <summary>What it is called in texts.</summary>
    public virtual string Title
    {
        get
        {
            if (Name is { } name)
                return $"{Noun} {Shown.Quote(Shown.Clip(name, 60))}";
            if (IsCatchAll)
                return $"the catch-all {Noun}";
            if (Words is { Length: > 0 } words)
                return $"the {Noun} for {words}";
            return $"the {Noun}";
        }
    }

    /// <param name="item">Of <see cref="Destinations"/>.</param>
    /// <param name="of">Whose route it is.</param>
    public abstract Destination DestinationOf(Node item, KubeObject of);

    /// <summary>Whom it sends users to, with their shares.</summary>
    /// <param name="of">Whose route it is.</param>
    public IEnumerable<UserShift.Target> TargetsOf(KubeObject of) =>
        Shares.Destinations.Select((s, i) => new UserShift.Target(Targets(of)[i], s.Destination, s.Percent));

    /// <summary>Where each of <see cref="Shares"/> goes, read once for all rules.</summary>
    /// <param name="of">The object that the route belongs to.</param>
    public IReadOnlyList<Destination> Targets(KubeObject of)
    {
        if (targets is not null)
            return targets;
        var read = Shares.Span.Length == 0 ? [] : new Destination[Shares.Span.Length];
        for (var i = 0; i < read.Length; i++)
            read[i] = DestinationOf(Shares.Span[i].Destination, of);
        return targets = read;
    }

    /// <summary>The lines that say where an item sends users, to be pasted; the weight follows them.</summary>
    public abstract IEnumerable<string> LinesOf(Node item);

    /// <summary>What else an item has, too long to be written again: <c>headers</c>; null where it has nothing.</summary>
    public abstract string? KeptOf(Node item);

    /// <summary>What users call such a thing: route, rule.</summary>
    public abstract string Noun { get; }

    /// <summary>Its conditions for texts; null where there are no words for them.</summary>
    protected abstract string? Words { get; }

    private static string Shortened(string text) =>
        text.Length <= 200 ? text : $"#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
