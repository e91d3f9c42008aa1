using YamlDotNet.Core;

namespace AdmissionGuard.Manifests;

/// <summary>The parser's complaints in words that say what to do. What is not in the list keeps the parser's own words.</summary>
internal static class YamlComplaint
{
    private static readonly (string Part, string Words)[] Known =
    [
        ("cannot start any token", "no YAML value begins with this character, quote the text"),
        ("invalid tab as indentation", Tab),
        ("tab character that violate indentation", Tab),
        ("apping values are not allowed", "a second \": \" in one line, or a value that is indented wrongly: quote the text or mend the indentation"),
        ("found invalid mapping", "a second \": \" in one line, or a value that is indented wrongly: quote the text or mend the indentation"),
        ("could not find expected ':'", "a key without a colon, or a text that goes on at a wrong indentation"),
        ("parsing a block mapping, did not find expected key", "this does not fit the map that it stands in: mend the indentation"),
        ("did not find expected '-' indicator", "this does not fit the list that it stands in: mend the indentation or write \"- \""),
        ("lock sequence entries are not allowed", "a list item cannot stand here: begin it on a line of its own"),
        ("did not find expected ',' or ']'", "a list in brackets lacks a comma or its ]"),
        ("did not find expected ',' or '}'", "a map in braces lacks a comma or its }"),
        ("unexpected end of stream", "a quote that is opened here is never closed"),
        ("unexpected document indicator", "a quote is still open where the next document begins"),
        ("unknown escape character", "an escape that YAML does not know: write \\\\ for a backslash, or use single quotes"),
        ("expected <document start>", "this belongs to no document: mend the indentation, or is a value missing its key?"),
        ("expected <document end>", "text behind the end of the document: mend the indentation, or is a line --- missing?"),
        ("did not find expected node content", "a value is missing here"),
        ("undefined tag handle", "a tag that is not declared"),
    ];

    private const string Tab = "a tab cannot indent YAML, use spaces";

    /// <summary>A complaint about a tab names the beginning of the map that the tab is in; here is the tab itself.</summary>
    public static (Position At, string Words) Of(YamlException complaint, string text)
    {
        var (line, column) = ((int)complaint.Start.Line, (int)complaint.Start.Column);
        var words = InPlainWords(complaint.Message);
        var number = 0;
        foreach (var candidate in text.AsSpan().EnumerateLines())
        {
            if (++number < line) continue;
            var tab = candidate.IndexOfAnyExcept(' ');
            var indented = tab >= 0 && candidate[tab] == '\t' && !candidate.TrimStart().IsEmpty;
            if (number == line && indented && column == tab + 1) return (new Position(line, column), Tab);
            if (words == Tab && indented) return (new Position(number, tab + 1), Tab);
            if (words != Tab) break;
        }
        return (new Position(line, column), words);
    }

    private static string InPlainWords(string message)
    {
        foreach (var (part, words) in Known)
        {
            if (message.Contains(part, StringComparison.Ordinal)) return words;
        }
        return "no YAML: " + message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}
