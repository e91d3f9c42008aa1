using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using YamlDotNet.Core.Events;

namespace AdmissionGuard.Manifests;

/// <summary>
/// Reads one file or stream of YAML or JSON as kubectl does. What cannot be read is an error in the second list; the other documents are read all the
/// same.
/// Keeps its buffers from file to file: one reader, one thread.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>What go-yaml refuses too.</summary>
    private static readonly SearchValues<byte> Control = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Where(c => c is not ('\t' or '\n' or '\r')).Select(c => (byte)c),
        0x7f,
    ]);

    private readonly YamlTree yaml = new();
    private readonly YamlEmitter emitter;
    private readonly bool keepsTrees;
    private List<Document> documents = [];
    private List<ManifestError> errors = [];
    private string file = "";
    private string? source;

    /// <param name="keepsTrees">Whether documents keep their trees, which take several times the memory of their texts: for who repairs them.</param>
    public YamlReader(bool keepsTrees = false)
    {
        this.keepsTrees = keepsTrees;
        emitter = new YamlEmitter(yaml.Tree);
    }

    public (IReadOnlyList<Document> Documents, IReadOnlyList<ManifestError> Errors) Read(string name, ReadOnlyMemory<byte> bytes)
    {
        file = name;
        documents = [];
        errors = [];
        if (bytes.Length > Limits.FileBytes)
            errors.Add(new ManifestError(name, null, null, Limits.TooLarge));
        else if (IsUtf16(bytes.Span))
            errors.Add(new ManifestError(name, 1, 1, "this is UTF-16, save it as UTF-8"));
        else
        {
            foreach (var chunk in Chunks.Of(bytes))
            {
                if (documents.Count + errors.Count > Limits.Documents)
                    break;
                ReadChunk(chunk);
            }
        }
        return (documents, errors);
    }

    private void ReadChunk(Chunks.Chunk chunk)
    {
        try
        {
            if (chunk.Trailing)
                throw new RefusedException(chunk.Line + 1, 4, "kubectl refuses text behind --- on the same line, write it on the next");
            if (chunk.Bytes.Length > Limits.DocumentBytes)
                throw new RefusedException(chunk.Line + 1, 1, $"a document larger than {Limits.DocumentBytes >> 20} MiB");
            var bytes = chunk.Bytes.Span.StartsWith("\uFEFF"u8) ? chunk.Bytes[3..] : chunk.Bytes;
            RefuseWhatIsNoText(bytes.Span, chunk.Line);
            source = SourceComment.Of(bytes.Span);
            if (bytes.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
                ReadJson(bytes, chunk.Line);
            else
                ReadYaml(bytes.Span, chunk.Line);
        }
        catch (RefusedException e)
        {
            errors.Add(new ManifestError(file, e.Line, e.Column, e.Message));
        }
    }

    private void ReadYaml(ReadOnlySpan<byte> bytes, int line)
    {
        var text = new YamlText(Encoding.UTF8.GetString(bytes), line);
        var before = documents.Count;
        while (!TryRead(text))
            documents.RemoveRange(before, documents.Count - before);
    }

    /// <summary>False where the text was changed and is to be read again.</summary>
    private bool TryRead(YamlText text)
    {
        try
        {
            var events = new YamlEvents(text);
            while (events.Next())
            {
                if (events.Current is not DocumentStart)
                    continue;
                yaml.Read(events);
                var (root, map) = emitter.Emit();
                Add(root, map, yaml.Tree);
            }
            return true;
        }
        catch (RefusedException e) when (e.Shallow is { } lines && text.TryPush(lines.From, lines.To))
        {
            return false;
        }
    }

    /// <summary>What begins like JSON but is none may be a YAML map in braces.</summary>
    private void ReadJson(ReadOnlyMemory<byte> bytes, int line)
    {
        var before = documents.Count;
        try
        {
            var stream = new JsonStream(bytes, line, keepsTrees);
            while (stream.Read(out var root, out var map))
                Add(root, map, stream.Tree);
        }
        catch (JsonException json)
        {
            var asJson = new ManifestError(
                file,
                (int)(json.LineNumber ?? 0) + line + 1,
                (int)(json.BytePositionInLine ?? 0) + 1,
                JsonComplaint.Of(json)
            );
            if (documents.Count == before)
                ReadBraces(bytes.Span, line, asJson);
            else
                errors.Add(asJson);
        }
    }

    private void ReadBraces(ReadOnlySpan<byte> bytes, int line, ManifestError asJson)
    {
        try
        {
            ReadYaml(bytes, line);
        }
        catch (RefusedException e) when (e.IsSyntax && LooksLikeJson(bytes))
        {
            errors.Add(asJson);
        }
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8)[1..].TrimStart(" \t\r\n"u8).StartsWith("\""u8);

    private void Add(Node root, SourceMap map, SourceTree? tree)
    {
        if (documents.Count + errors.Count == Limits.Documents)
        {
            var (line, column) = map.KeyAt(0);
            throw new RefusedException(line, column, $"more than {Limits.Documents:N0} documents in one file, split it");
        }
        if (root.Exists)
            documents.Add(new Document(file, documents.Count, root, map, source) { Tree = keepsTrees ? tree?.Copy() : null });
    }

    private static bool IsUtf16(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);

    private static void RefuseWhatIsNoText(ReadOnlySpan<byte> bytes, int line)
    {
        var control = bytes.IndexOfAny(Control);
        if (control >= 0)
            throw At(bytes, control, line, $"the control character 0x{bytes[control]:x2}, is this text in UTF-8?");
        if (Utf8.IsValid(bytes))
            return;
        var characters = new char[bytes.Length];
        Utf8.ToUtf16(bytes, characters, out var valid, out _, replaceInvalidSequences: false);
        throw At(bytes, valid, line, $"the byte 0x{bytes[valid]:x2} is no UTF-8");
    }

    private static RefusedException At(ReadOnlySpan<byte> bytes, int offset, int line, string message)
    {
        var before = bytes[..offset];
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new RefusedException(line + before.Count((byte)'\n') + 1, column, message);
    }
}
