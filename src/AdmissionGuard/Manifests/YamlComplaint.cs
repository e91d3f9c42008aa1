namespace AdmissionGuard.Manifests;

/// <summary>Faults of YAML that are treated in a way of their own.</summary>
internal enum YamlFault
{
    Other,

    /// <summary>A tab indents a line.</summary>
    Tab,

    /// <summary>A character that begins no value; it may be a tab.</summary>
    NoValue,

    /// <summary>A line of a text in double quotes is indented less than YamlDotNet wants; kubectl reads it.</summary>
    ShallowQuote,
}

/// <summary>The parser's complaints in words that say what to do. What is not in the list keeps the parser's own words.</summary>
/// <remarks>
/// YamlDotNet 16.3 tells its complaints apart by their words alone, so this table is the one place that knows them; a test provokes each that
/// something is decided by, and fails when an update words it anew.
/// </remarks>
internal static class YamlComplaint
{
    public const string Tab = "a tab cannot indent YAML, use spaces";
    private const string NoValue = "no YAML value begins with this character, quote the text";
    private const string ShallowQuote = "every line of a text in double quotes must be indented deeper than the key that holds it";

    private static readonly (string Part, string Words)[] Known =
    [
        ("cannot start any token", NoValue),
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
        ("found wrong indentation", ShallowQuote),
        ("found invalid comment after", "a comment needs a space before its #"),
        ("undefined tag handle", "a tag that is not declared"),
    ];

    public static (YamlFault Fault, string Words) Of(string message)
    {
        foreach (var (part, words) in Known)
        {
            if (message.Contains(part, StringComparison.Ordinal))
                return (FaultOf(words), words);
        }
        return (YamlFault.Other, "no YAML: " + message.ReplaceLineEndings(" ").TrimEnd('.'));
    }

    private static YamlFault FaultOf(string words) =>
        words switch
        {
            Tab => YamlFault.Tab,
            NoValue => YamlFault.NoValue,
            ShallowQuote => YamlFault.ShallowQuote,
            _ => YamlFault.Other,
        };
}
