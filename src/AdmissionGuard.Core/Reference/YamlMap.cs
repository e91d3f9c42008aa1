using System.Collections;
using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Reference;

/// <summary>
/// A map of a manifest that is being written, its keys in the order in which they were added. Values are texts, numbers, switches, maps, and lists of
/// these.
/// </summary>
internal sealed class YamlMap : IEnumerable<KeyValuePair<string, object>>
{
    /// <summary>A list of scalars stands on one line up to here.</summary>
    private const int Width = 140;

    private readonly List<KeyValuePair<string, object>> entries = [];

    public void Add(string key, object value) => entries.Add(new(key, value));

    /// <summary>Left out where there is nothing to say.</summary>
    public YamlMap With(string key, object? value)
    {
        if (value is not (null or ICollection { Count: 0 }))
            Add(key, value);
        return this;
    }

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Documents of one file, under a comment.</summary>
    public static string Write(string comment, params ReadOnlySpan<YamlMap> documents)
    {
        var text = new StringBuilder();
        foreach (var line in comment.Split('\n'))
            text.Append("# ").Append(line).Append('\n');
        for (var i = 0; i < documents.Length; i++)
        {
            if (i > 0)
                text.Append("---\n");
            documents[i].WriteTo(text, 0, firstIndented: true);
        }
        return text.ToString();
    }

    private void WriteTo(StringBuilder text, int depth, bool firstIndented)
    {
        foreach (var (key, value) in entries)
        {
            if (firstIndented)
                text.Append(' ', depth);
            firstIndented = true;
            text.Append(Scalar(key)).Append(':');
            WriteValue(text, value, depth);
        }
    }

    private static void WriteValue(StringBuilder text, object value, int depth)
    {
        switch (value)
        {
            case YamlMap map when map.entries.Count > 0:
                text.Append('\n');
                map.WriteTo(text, depth + 2, firstIndented: true);
                break;
            case YamlMap:
                text.Append(" {}\n");
                break;
            case string prose when prose.Contains('\n', StringComparison.Ordinal):
                text.Append(" |-\n");
                foreach (var line in prose.Split('\n'))
                    text.Append(' ', depth + 2).Append(line).Append('\n');
                break;
            case IReadOnlyList<YamlMap> maps:
                WriteMaps(text, maps, depth);
                break;
            case IEnumerable<string> list:
                WriteScalars(text, [.. list.Select(Scalar)], depth);
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    /// <summary>Items stand under their key's first letter, as kubectl writes them.</summary>
    private static void WriteMaps(StringBuilder text, IReadOnlyList<YamlMap> maps, int depth)
    {
        text.Append('\n');
        foreach (var map in maps)
        {
            text.Append(' ', depth).Append("- ");
            map.WriteTo(text, depth + 2, firstIndented: false);
        }
    }

    private static void WriteScalars(StringBuilder text, string[] items, int depth)
    {
        if (items.Sum(i => i.Length + 2) + depth < Width)
        {
            text.Append(" [").AppendJoin(", ", items).Append("]\n");
            return;
        }
        text.Append('\n');
        foreach (var item in items)
            text.Append(' ', depth).Append("- ").Append(item).Append('\n');
    }

    private static string Scalar(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            int number => number.ToString(CultureInfo.InvariantCulture),
            string text when IsPlain(text) => text,
            string text => Yaml.Quote(text),
            _ => throw new ArgumentException($"a {value.GetType().Name} is nothing that YAML writes", nameof(value)),
        };

    /// <summary>
    /// What no reader of YAML 1.1 or 1.2 takes for anything but a text: words of letters, digits and what is harmless between them.
    /// </summary>
    private static bool IsPlain(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] == '/')
        && text[^1] != ' '
        && !text.Contains("  ", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || " _./()-".Contains(c, StringComparison.Ordinal))
        && !Yaml.IsReserved(text);
}
