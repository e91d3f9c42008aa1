using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests;

/// <summary>A tree as JSON, with where each value of it came from. Reused from document to document.</summary>
internal sealed class YamlEmitter(SourceTree tree)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private readonly ArrayBufferWriter<byte> json = new(16 << 10);
    private readonly List<SourceMap.Entry> places = [];
    private readonly YamlMaps maps = new(tree);
    private int emitted;
    private Position? alias;

    public (Node Root, SourceMap Map) Emit()
    {
        json.ResetWrittenCount();
        places.Clear();
        maps.Clear();
        emitted = 0;
        alias = null;
        Value(0, tree[0].At, depth: 0);
        return (Node.ParseToKeep(json.WrittenSpan), new SourceMap([.. places]));
    }

    private void Value(int index, Position key, int depth)
    {
        var at = tree[index].At;
        places.Add(new SourceMap.Entry(json.WrittenCount, key, at));
        if (tree[index].Is == SourceNode.Shape.Alias && alias is null)
        {
            alias = at;
            Value(tree.Resolve(index), depth);
            alias = null;
        }
        else
            Value(tree.Resolve(index), depth);
    }

    private void Value(int index, int depth)
    {
        if (++emitted > Limits.Nodes)
            throw Refuse(index, $"more than {Limits.Nodes:N0} values, those of aliases counted each time");
        if (json.WrittenCount > Limits.DocumentBytes)
            throw Refuse(index, $"more than {Limits.DocumentBytes >> 20} MiB, what aliases stand for counted each time");
        if (depth > Limits.Depth)
            throw Refuse(index, $"more than {Limits.Depth} maps and lists within each other, those of aliases included");
        ref readonly var node = ref tree[index];
        switch (node.Is)
        {
            case SourceNode.Shape.Map:
                Map(index, depth + 1);
                break;
            case SourceNode.Shape.List:
                List(index, node.Next, depth + 1);
                break;
            default:
                Scalar(node);
                break;
        }
    }

    /// <summary>Blames the alias that was written out, not the text it leads to.</summary>
    private RefusedException Refuse(int index, string message)
    {
        var at = alias ?? tree[index].At;
        return new RefusedException(at.Line, at.Column, message);
    }

    private void List(int index, int end, int depth)
    {
        Raw("["u8);
        for (var i = index + 1; i < end; i = tree[i].Next)
        {
            if (i > index + 1)
                Raw(","u8);
            Value(i, tree[i].At, depth);
        }
        Raw("]"u8);
    }

    private void Map(int index, int depth)
    {
        Raw("{"u8);
        var (from, to) = maps.Gather(index);
        for (var i = from; i < to; i++)
        {
            var entry = maps[i];
            if (i > from)
                Raw(","u8);
            Text(entry.Key);
            Raw(":"u8);
            Value(entry.Value, tree[entry.KeyNode].At, depth);
        }
        maps.Release(from);
        Raw("}"u8);
    }

    private void Scalar(in SourceNode node)
    {
        if (node.Tag is null && !node.Plain)
        {
            Text(node.Text!);
            return;
        }
        var scalar = YamlMaps.Read(node);
        switch (scalar.Is)
        {
            case YamlScalar.Type.Text:
                Text(scalar.Text);
                break;
            case YamlScalar.Type.Float or YamlScalar.Type.LargeInteger:
                if (!double.IsFinite(scalar.Real))
                    throw new RefusedException(
                        node.At.Line,
                        node.At.Column,
                        $"{node.Text} is a number that JSON, and so the API server, cannot hold"
                    );
                Encoding.UTF8.GetBytes(GoNumber.Json(scalar.Real), json);
                break;
            default:
                Encoding.UTF8.GetBytes(scalar.Text, json);
                break;
        }
    }

    private void Text(string text)
    {
        Raw("\""u8);
        if (text.AsSpan().ContainsAny(Escaped))
            Raw(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        else
            Encoding.UTF8.GetBytes(text, json);
        Raw("\""u8);
    }

    private void Raw(ReadOnlySpan<byte> bytes) => json.Write(bytes);
}
