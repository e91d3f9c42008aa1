using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The conditions of a route (docs/facts/istio.md#match-conditions): entries are OR-ed, fields within one AND-ed.</summary>
internal readonly struct MatchSet(Node match)
{
    /// <summary>No condition, an empty one, or <c>uri.prefix: /</c> alone: takes every request that comes so far.</summary>
    public bool IsCatchAll
    {
        get
        {
            if (match.Count == 0)
                return !match.Exists || match.IsArray;
            foreach (var item in match.Items)
            {
                if (TakesAll(item))
                    return true;
            }
            return false;
        }
    }

    /// <summary>As <see cref="IsCatchAll"/>, for the clients of one port or gateway, and by a regex too: no property of a request decides.</summary>
    public bool IsCatchAllOfSomeClients
    {
        get
        {
            if (IsCatchAll)
                return true;
            foreach (var item in match.Items)
            {
                if (TakesAll(item, orAllOfSomeClients: true))
                    return true;
            }
            return false;
        }
    }

    /// <summary>A regex over the whole path that every path matches.</summary>
    public static bool MatchesEveryPath(string regex) => regex.TrimStart('^').TrimEnd('$') is ".*" or "/.*" or ".+" or "(.*)" or "/(.*)";

    /// <summary>
    /// Whether no request of another method comes this way: every entry names one of these, exactly or as a regex of words (<c>GET|HEAD</c>).
    /// </summary>
    public bool TakesOnlyMethods(IReadOnlyList<string> methods)
    {
        foreach (var item in match.Items)
        {
            if (!IsOneOf(methods, item["method"u8]))
                return false;
        }
        return match.Count > 0;
    }

    /// <summary>A match on the header <c>upgrade</c>: websockets, which live as long as they like.</summary>
    public bool MatchesUpgrade
    {
        get
        {
            foreach (var item in match.Items)
            {
                foreach (var header in item["headers"u8].Entries)
                {
                    if (header.Name.Equals("upgrade", StringComparison.OrdinalIgnoreCase))
                        return true;
                }
            }
            return false;
        }
    }

    /// <summary>The same text for the same conditions, whatever the order of entries and keys.</summary>
    public string Canonical
    {
        get
        {
            if (IsCatchAll)
                return "any";
            if (!match.IsArray)
                return Write(match);
            var entries = new List<string>(match.Count);
            foreach (var item in match.Items)
                entries.Add(Write(item));
            entries.Sort(StringComparer.Ordinal);
            return string.Join(" or ", entries);
        }
    }

    /// <summary>For texts: <c>/checkout</c>, <c>header x-user-group</c>; null where there are no words for it.</summary>
    public string? Words
    {
        get
        {
            foreach (var item in match.Items)
            {
                var entry = item;
                foreach (var uri in entry["uri"u8].Entries)
                    return Shown.Clip(uri.Value.Text ?? "", 40);
                foreach (var header in entry["headers"u8].Entries)
                    return $"header {Shown.Clip(header.Name, 40)}";
                foreach (var host in entry["sniHosts"u8].Items)
                    return Shown.Clip(host.Text ?? "", 60);
                if (entry["port"u8].Exists)
                    return $"port {Shown.Value(entry["port"u8])}";
            }
            return null;
        }
    }

    private static bool IsOneOf(IReadOnlyList<string> methods, Node condition)
    {
        if (condition["exact"u8].Text is { } exact)
            return methods.Contains(exact, StringComparer.Ordinal);
        if (condition["regex"u8].Text is not { } regex)
            return false;
        var words = regex.TrimStart('^').TrimEnd('$');
        if (words.StartsWith('(') && words.EndsWith(')'))
            words = words[1..^1];
        foreach (var word in words.AsSpan().Split('|'))
        {
            if (!methods.Contains(words[word], StringComparer.Ordinal))
                return false;
        }
        return true;
    }

    /// <summary>Fields that only name the entry, or say how the uri is compared, narrow nothing.</summary>
    private static bool TakesAll(Node entry, bool orAllOfSomeClients = false)
    {
        foreach (var field in entry.Entries)
        {
            if (field.NameIs("name"u8) || field.NameIs("statPrefix"u8) || field.NameIs("ignoreUriCase"u8))
                continue;
            if (orAllOfSomeClients && (field.NameIs("port"u8) || field.NameIs("gateways"u8)))
                continue;
            if (!field.NameIs("uri"u8))
                return false;
            var uri = field.Value;
            if (!uri["prefix"u8].IsText("/"u8) && !(orAllOfSomeClients && uri["regex"u8].Text is { } regex && MatchesEveryPath(regex)))
                return false;
        }
        return entry.IsObject;
    }

    /// <summary>The same text for the same value, whatever the order of its keys.</summary>
    public static string Write(Node node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Node node)
    {
        if (node.Kind == JsonValueKind.Object)
        {
            var entries = new List<(string Name, Node Value)>();
            foreach (var entry in node.Entries)
                entries.Add((entry.Name, entry.Value));
            entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            text.Append('{');
            foreach (var (name, value) in entries)
            {
                Write(text.Append(name).Append(':'), value);
                text.Append(' ');
            }
            text.Append('}');
        }
        else if (node.Kind == JsonValueKind.Array)
        {
            text.Append('[');
            foreach (var item in node.Items)
            {
                Write(text, item);
                text.Append(' ');
            }
            text.Append(']');
        }
        else
        {
            // the same text may be written with escapes or without
            text.Append(node.Text is { } value ? $"\"{value}\"" : node.ToString());
        }
    }
}
