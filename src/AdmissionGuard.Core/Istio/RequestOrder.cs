using System.Buffers;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Which http routes get no request, because earlier ones take them all (docs/facts/istio.md#route-order). Told only where it is sure: an earlier
/// entry covers a later one if its uri does, exact or prefix, and its other conditions are none or the very same. A regex covers nothing but itself,
/// unless it is one of those that match everything. Costs the size of the routes, however many there are.
/// </summary>
internal sealed class RequestOrder
{
    /// <summary>Longer prefixes are not looked at: every length that occurs is tried at each later uri.</summary>
    private const int LongestPrefix = 256;

    private readonly Dictionary<string, Taken> taken = new(StringComparer.Ordinal);
    private readonly List<(VirtualServiceRoute Hidden, VirtualServiceRoute By)> hidden = [];
    private readonly Dictionary<VirtualServiceRoute, string> contested = [];

    public RequestOrder(IReadOnlyList<VirtualServiceRoute> routes)
    {
        foreach (var route in routes)
        {
            if (!route.IsHttp)
                continue;
            var entries = Entries(route);
            if (TakerOf(entries) is { } by)
                hidden.Add((route, by));
            foreach (var entry in entries)
                Contest(entry);
            foreach (var entry in entries)
                TakenBy(entry.Rest).Add(entry, route);
        }
    }

    /// <summary>Each route that gets no request, with the first route that takes some of its requests.</summary>
    public IReadOnlyList<(VirtualServiceRoute Hidden, VirtualServiceRoute By)> Hidden => hidden;

    /// <summary>Each route whose regex may take requests for an exact path behind it, with the first such path: both begin alike.</summary>
    public IReadOnlyDictionary<VirtualServiceRoute, string> Contested => contested;

    /// <summary>Null where some entry is left to the route.</summary>
    private VirtualServiceRoute? TakerOf(List<Entry> entries)
    {
        VirtualServiceRoute? first = null;
        foreach (var entry in entries)
        {
            var by = taken.GetValueOrDefault(entry.Rest)?.Find(entry);
            if (by is null && entry.Rest.Length > 0 && taken.GetValueOrDefault("") is { } all)
                by = entry.IgnoresCase ? all.Every : all.Find(entry);
            if (by is null)
                return null;
            first ??= by;
        }
        return first;
    }

    private void Contest(Entry entry)
    {
        if (entry.Kind != "exact")
            return;
        Contest(taken.GetValueOrDefault(entry.Rest), entry.Uri);
        if (entry.Rest.Length > 0)
            Contest(taken.GetValueOrDefault(""), entry.Uri);
    }

    private void Contest(Taken? by, string path)
    {
        if (by?.RegexFor(path) is { } route)
            contested.TryAdd(route, path);
    }

    private Taken TakenBy(string rest) => taken.TryGetValue(rest, out var known) ? known : taken[rest] = new Taken();

    private static List<Entry> Entries(VirtualServiceRoute route)
    {
        if (!route.Match.Exists || (route.Match.IsArray && route.Match.Count == 0))
            return [Entry.Everything];
        var entries = new List<Entry>(route.Match.Count);
        foreach (var item in route.Match.Items)
            entries.Add(Entry.Of(item));
        return entries;
    }

    /// <param name="Kind">exact, prefix or regex; empty where every path is meant.</param>
    /// <param name="Rest">All other conditions, in one text.</param>
    private readonly record struct Entry(string Kind, string Uri, string Rest, bool IgnoresCase)
    {
        public static Entry Everything { get; } = new("", "", "", false);

        public static Entry Of(Node match)
        {
            var rest = "";
            var ignoresCase = match["ignoreUriCase"u8].Kind == System.Text.Json.JsonValueKind.True;
            var kind = "";
            var uri = "";
            var fields = new List<string>();
            foreach (var field in match.Entries)
            {
                if (
                    field.NameEquals("name"u8)
                    || field.NameEquals("statPrefix"u8)
                    || field.NameEquals("ignoreUriCase"u8)
                    || !new Node(field.Value).Exists
                )
                    continue;
                if (field.NameEquals("uri"u8) && Path(new Node(field.Value)) is { } path)
                    (kind, uri) = path;
                else
                    fields.Add($"{field.Name}:{MatchSet.Write(new Node(field.Value))}");
            }
            if (ignoresCase && kind.Length > 0)
                fields.Add("ignoreUriCase");
            if (fields.Count > 0)
            {
                fields.Sort(StringComparer.Ordinal);
                rest = string.Join(' ', fields);
            }
            return match.IsObject ? new Entry(kind, uri, rest, ignoresCase) : new Entry("regex", "", match.ToString(), false);
        }

        private static (string Kind, string Uri)? Path(Node uri)
        {
            if (uri["exact"u8].Text is { } exact)
                return ("exact", exact);
            if (uri["prefix"u8].Text is { } prefix)
                return prefix == "/" ? ("", "") : ("prefix", prefix);
            if (uri["regex"u8].Text is { } regex)
                return MatchSet.MatchesEveryPath(regex) ? ("", "") : ("regex", regex);
            return null;
        }
    }

    private static readonly SearchValues<char> RegexCharacters = SearchValues.Create(@".*+?|()[]{}\$");

    /// <summary>What earlier routes take, of one set of other conditions.</summary>
    private sealed class Taken
    {
        private readonly Dictionary<string, VirtualServiceRoute> exact = new(StringComparer.Ordinal);
        private readonly Dictionary<string, VirtualServiceRoute> regex = new(StringComparer.Ordinal);
        private readonly Prefixes prefixes = new();
        private readonly Prefixes beginnings = new();

        /// <summary>The first route for every path.</summary>
        public VirtualServiceRoute? Every { get; private set; }

        public void Add(Entry entry, VirtualServiceRoute route)
        {
            if (entry.Kind.Length == 0)
                Every ??= route;
            else if (entry.Kind == "exact")
                exact.TryAdd(entry.Uri, route);
            else if (entry.Kind == "prefix")
                prefixes.Add(entry.Uri, route);
            else if (regex.TryAdd(entry.Uri, route))
                beginnings.Add(Literal(entry.Uri), route);
        }

        public VirtualServiceRoute? Find(Entry entry)
        {
            if (Every is not null || entry.Kind.Length == 0)
                return Every;
            if (entry.Kind == "regex")
                return regex.GetValueOrDefault(entry.Uri);
            return (entry.Kind == "exact" ? exact.GetValueOrDefault(entry.Uri) : null) ?? prefixes.Find(entry.Uri);
        }

        public VirtualServiceRoute? RegexFor(string path) => beginnings.Find(path);

        /// <summary>What every match of a regex begins with, as far as that is plain to see.</summary>
        private static string Literal(string regex)
        {
            var text = regex.TrimStart('^');
            var end = text.AsSpan().IndexOfAny(RegexCharacters);
            if (end < 0)
                return text;
            if (text.Contains('|', StringComparison.Ordinal))
                return "";
            return end > 0 && text[end] is '*' or '?' or '{' ? text[..(end - 1)] : text[..end];
        }
    }

    private sealed class Prefixes
    {
        private readonly Dictionary<string, VirtualServiceRoute> routes = new(StringComparer.Ordinal);
        private readonly SortedSet<int> lengths = [];

        /// <summary>One that says no more than a slash is left out.</summary>
        public void Add(string prefix, VirtualServiceRoute route)
        {
            if (prefix.Length is > 1 and <= LongestPrefix && routes.TryAdd(prefix, route))
                lengths.Add(prefix.Length);
        }

        public VirtualServiceRoute? Find(string text)
        {
            var lookup = routes.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var length in lengths)
            {
                if (length > text.Length)
                    break;
                if (lookup.TryGetValue(text.AsSpan(0, length), out var route))
                    return route;
            }
            return null;
        }
    }
}
