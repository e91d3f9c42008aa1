using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands;

/// <summary>JSON documents one after the other, one a line or over many lines. What is broken costs itself, never its neighbours.</summary>
internal static class JsonSequence
{
    /// <summary>A document and the line where it begins, or why there is none.</summary>
    public readonly record struct Item(ReadOnlyMemory<byte> Json, int Line, string? Error);

    public static List<Item> Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        var whole = ReadPart(utf8, line: 1);
        return whole.TrueForAll(i => i.Error is null) ? whole : [.. Parts(utf8).SelectMany(p => ReadPart(p.Utf8, p.Line))];
    }

    /// <summary>Until the first error, which is the last item.</summary>
    private static List<Item> ReadPart(ReadOnlyMemory<byte> utf8, int line)
    {
        var items = new List<Item>();
        var (counted, at) = (0, line);
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = JsonTree.MaxDepth });
        try
        {
            while (reader.Read())
            {
                var begin = (int)reader.TokenStartIndex;
                reader.Skip();
                at += utf8.Span[counted..begin].Count((byte)'\n');
                counted = begin;
                items.Add(new Item(utf8[begin..(int)reader.BytesConsumed], at, null));
            }
        }
        catch (JsonException e)
        {
            if (!utf8.Span.Trim(" \t\r\n"u8).IsEmpty)
                items.Add(new Item(default, line + (int)(e.LineNumber ?? 0), JsonComplaint.Of(e)));
        }
        return items;
    }

    /// <summary>A document begins at the margin, whether it is a line long or indented over many.</summary>
    private static IEnumerable<(ReadOnlyMemory<byte> Utf8, int Line)> Parts(ReadOnlyMemory<byte> utf8)
    {
        var begin = 0;
        var line = 1;
        var beginLine = 1;
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8.Span[i] != '\n')
                continue;
            line++;
            if (i + 1 >= utf8.Length || utf8.Span[i + 1] is (byte)' ' or (byte)'\t' or (byte)'}' or (byte)']' or (byte)'\r' or (byte)'\n')
                continue;
            yield return (utf8[begin..i], beginLine);
            begin = i + 1;
            beginLine = line;
        }
        yield return (utf8[begin..], beginLine);
    }
}
