using AdmissionGuard.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdmissionGuard.Manifests;

/// <summary>The parser's events, at their places in the file; whatever the parser throws, as a refusal.</summary>
internal sealed class YamlEvents
{
    private readonly YamlText text;
    private readonly Scanner scanner;
    private readonly Parser parser;

    public YamlEvents(YamlText text)
    {
        this.text = text;
        scanner = new Scanner(text.Open(), skipComments: true);
        parser = new Parser(scanner);
    }

    public ParsingEvent Current => parser.Current!;

    public Position At => text.InFile(parser.Current!.Start.Line, parser.Current.Start.Column);

    /// <summary>Where the current one ends; of what stands in block style, not to be trusted.</summary>
    public Position End => text.InFile(parser.Current!.End.Line, parser.Current.End.Column);

    /// <summary>Whether there is one more. Two bugs of YamlDotNet 16.3, found by fuzzing, throw what is meant for its own developers.</summary>
    public bool Next()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (YamlException e)
        {
            throw Complain(e);
        }
        catch (ArgumentException)
        {
            throw Refuse("a tag that is no URI", shallow: null);
        }
        catch (InvalidOperationException)
        {
            var line = (int)scanner.CurrentPosition.Line;
            throw parser.Current is null or StreamStart or DocumentEnd
                ? Refuse("... ends a document, but none has begun", shallow: null)
                : Refuse("a text in brackets or braces must be indented deeper than the key that holds it", (line, line));
        }
    }

    private RefusedException Complain(YamlException complaint)
    {
        var line = (int)complaint.Start.Line;
        var at = text.InFile(line, complaint.Start.Column);
        var (fault, words) = YamlComplaint.Of(complaint.Message);
        if (fault is YamlFault.Tab or YamlFault.NoValue && text.IndentingTab(line) is { } tab && (fault is YamlFault.Tab || tab == at))
            return new RefusedException(tab.Line, tab.Column, YamlComplaint.Tab);
        (int, int)? shallow = fault is YamlFault.ShallowQuote ? (line + 1, text.LastLineOfQuote((int)complaint.Start.Index, line)) : null;
        return new RefusedException(at.Line, at.Column, words) { IsSyntax = true, Shallow = shallow };
    }

    private RefusedException Refuse(string message, (int, int)? shallow)
    {
        var at = text.InFile(scanner.CurrentPosition.Line, scanner.CurrentPosition.Column);
        return new RefusedException(at.Line, at.Column, message) { IsSyntax = true, Shallow = shallow };
    }
}
