using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests;

/// <summary>JSON values one after another, each with the places of its values and, where it is asked for, its tree; bounded as YAML is.</summary>
internal ref struct JsonStream
{
    private readonly ReadOnlyMemory<byte> text;
    private readonly List<SourceMap.Entry> places = [];
    private readonly Stack<Dictionary<string, Position>?> open = new();
    private Utf8JsonReader reader;
    private int counted;
    private int line;
    private int column = 1;

    /// <param name="line">Lines of the file before the text.</param>
    /// <param name="buildsTree">Whether <see cref="Tree"/> is wanted.</param>
    public JsonStream(ReadOnlyMemory<byte> text, int line, bool buildsTree)
    {
        this.text = text;
        Tree = buildsTree ? new SourceTree { IsJson = true } : null;
        this.line = line + 1;
        // one level more than is allowed, so that our own refusal comes first
        reader = new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = Limits.Depth + 1, AllowMultipleValues = true });
    }

    /// <summary>Of the value that was read last.</summary>
    public SourceTree? Tree { get; }

    /// <summary>The next value; false at the end. Throws <see cref="JsonException"/> where the text is no JSON.</summary>
    public bool Read(out Node root, out SourceMap map)
    {
        root = default;
        map = null!;
        if (!reader.Read())
            return false;
        var begin = (int)reader.TokenStartIndex;
        places.Clear();
        Tree?.Clear();
        Position? key = null;
        do
        {
            var at = Advance((int)reader.TokenStartIndex);
            AddToTree(at);
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    RefuseTwice(at);
                    key = at;
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (open.Count == Limits.Depth)
                        throw new RefusedException(at.Line, at.Column, $"more than {Limits.Depth} maps and lists within each other");
                    open.Push(reader.TokenType == JsonTokenType.StartObject ? [] : null);
                    break;
                case JsonTokenType.Number when !reader.TryGetInt64(out _) && reader.TryGetDouble(out var real) && !double.IsFinite(real):
                    throw new RefusedException(at.Line, at.Column, "a number too large for the API server");
                case JsonTokenType.String when reader.ValueIsEscaped:
                    TextOf(at);
                    break;
            }
            if (places.Count == Limits.Nodes)
                throw new RefusedException(at.Line, at.Column, $"more than {Limits.Nodes:N0} values in one document");
            places.Add(new SourceMap.Entry((int)reader.TokenStartIndex - begin, key ?? at, at));
            key = null;
        } while (open.Count > 0 && reader.Read());
        map = new SourceMap([.. places]);
        root = Node.Parse(text[begin..(int)reader.BytesConsumed]);
        return true;
    }

    /// <summary>The token at this place. What this throws for a text or number, the reading of values would throw, too.</summary>
    private void AddToTree(Position at)
    {
        if (Tree is null)
            return;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Tree.Open(
                    new SourceNode
                    {
                        Is = reader.TokenType == JsonTokenType.StartObject ? SourceNode.Shape.Map : SourceNode.Shape.List,
                        In = SourceNode.Style.Flow,
                        At = at,
                    }
                );
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Tree.Close(at with { Column = at.Column + 1 });
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                // what the reader has consumed with a key has its colon, too
                var quoted = (int)reader.TokenStartIndex + reader.ValueSpan.Length + 2;
                Tree.Add(
                    new SourceNode
                    {
                        In = SourceNode.Style.Quoted,
                        Text = TextOf(at),
                        At = at,
                        End = Advance(quoted),
                    }
                );
                break;
            default:
                Tree.Add(
                    new SourceNode
                    {
                        In = SourceNode.Style.Plain,
                        Text = Encoding.UTF8.GetString(reader.ValueSpan),
                        At = at,
                        End = Advance((int)reader.BytesConsumed),
                    }
                );
                break;
        }
    }

    private readonly void RefuseTwice(Position at)
    {
        var name = TextOf(at);
        if (open.Peek()!.TryAdd(name, at))
            return;
        throw new RefusedException(
            at.Line,
            at.Column,
            $"the key \"{YamlScalar.Shorten(name)}\" is there twice, first in line {open.Peek()![name].Line}"
        );
    }

    /// <summary>Half of a surrogate pair is JSON by its grammar, but no text: the API server would store something else.</summary>
    private readonly string TextOf(Position at)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException(at.Line, at.Column, "a text with half of a surrogate pair (\\ud800 to \\udfff)");
        }
    }

    /// <summary>Counts on from the last token, so that one line of many megabytes is counted once.</summary>
    private Position Advance(int offset)
    {
        var passed = text.Span[counted..offset];
        var breaks = passed.Count((byte)'\n');
        if (breaks > 0)
        {
            line += breaks;
            column = 1;
            passed = passed[(passed.LastIndexOf((byte)'\n') + 1)..];
        }
        column += Encoding.UTF8.GetCharCount(passed);
        counted = offset;
        return new Position(line, column);
    }
}
