using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdmissionGuard.Manifests;

/// <summary>The parser's events, at their lines of the file; what the parser throws by mistake, as a refusal.</summary>
internal sealed class YamlEvents
{
    private readonly Scanner scanner;
    private readonly Parser parser;
    private readonly int line;

    /// <param name="text">One chunk.</param>
    /// <param name="line">Lines of the file before it.</param>
    public YamlEvents(string text, int line)
    {
        scanner = new Scanner(new StringReader(text), skipComments: true);
        parser = new Parser(scanner);
        this.line = line;
    }

    public ParsingEvent Current => parser.Current!;

    public Position At => Of(parser.Current!.Start);

    /// <summary>Whether there is one more. YamlDotNet 16.3 has two bugs here, found by fuzzing: texts that its scanner meets with an exception meant for its own developers.</summary>
    public bool Next()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (ArgumentException)
        {
            throw Refuse("a tag that is no URI");
        }
        catch (InvalidOperationException e)
        {
            throw Refuse(e.Message.Contains("no more tokens", StringComparison.Ordinal)
                ? "... ends a document, but none has begun"
                : "a text in brackets or braces must be indented deeper than the key that holds it");
        }
    }

    private RefusedException Refuse(string message)
    {
        var at = Of(scanner.CurrentPosition);
        return new RefusedException(at.Line, at.Column, message);
    }

    private Position Of(Mark mark) => new((int)mark.Line + line, (int)mark.Column);
}
