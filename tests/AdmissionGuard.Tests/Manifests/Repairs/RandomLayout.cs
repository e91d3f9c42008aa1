using System.Text;

namespace AdmissionGuard.Tests.Manifests.Repairs;

/// <summary>Writes random documents in random layouts, as awkward as YAML allows.</summary>
internal sealed class RandomLayout(Random random)
{
    private static readonly string[] Scalars =
    [
        "1",
        "15s",
        "\"a: b # c\"",
        "'it''s'",
        "plain words",
        "true",
        "~",
        "null",
        "",
        "0.5",
        "\"\\u00fc\\\"\"",
        "ü😀",
        "\"*\"",
        "!!str 5",
        "a#b",
        "\"tab\\there\"",
        "2024-01-01",
    ];

    private static readonly string[] FlowScalars = ["1", "15s", "\"a: b, c\"", "'x'", "plain", "null", "~", "\"{\"", "!!str 7"];

    private readonly StringBuilder text = new();
    private readonly string eol = random.Next(4) == 0 ? "\r\n" : "\n";
    private readonly int step = random.Next(1, 5);
    private int keys;

    public byte[] File()
    {
        for (var document = random.Next(1, 4); document > 0; document--)
        {
            var isJson = random.Next(8) == 0;
            if (isJson)
                Json(0);
            else
                Map(0, random.Next(3), first: null);
            if (document > 1 && isJson)
                text.Append("---" + eol);
            else if (document > 1)
                text.Append(Separator());
        }
        var written = text.ToString();
        if (random.Next(5) == 0)
            written = written.TrimEnd('\r', '\n');
        if (random.Next(8) == 0)
            written = '\uFEFF' + written;
        return Encoding.UTF8.GetBytes(written);
    }

    /// <summary>A map in block style, its first key behind what stands in the line already.</summary>
    private string Separator()
    {
        if (random.Next(4) == 0)
            return "..." + eol + "---" + eol;
        return random.Next(2) == 0 ? "---" + eol : "# end" + eol + "--- # next" + eol;
    }

    private void Map(int indent, int depth, string? first)
    {
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            if (i > 0 || first is null)
            {
                if (i > 0)
                    Remark(indent);
                text.Append(' ', indent);
            }
            text.Append(Key());
            Value(indent, depth);
        }
    }

    private void Value(int indent, int depth)
    {
        var gap = random.Next(6) == 0 ? "  " : " ";
        switch (depth > 4 ? random.Next(3) : random.Next(11))
        {
            case <= 2:
                var scalar = Scalars[random.Next(Scalars.Length)];
                text.Append(scalar.Length == 0 ? "" : gap + scalar);
                EndLine();
                break;
            case 3 or 4 or 5:
                text.Append(random.Next(8) == 0 ? $" &a{keys++}" : "");
                EndLine();
                Map(indent + step, depth + 1, first: null);
                break;
            case 6:
                EndLine();
                List(random.Next(2) == 0 ? indent : indent + step, depth + 1);
                break;
            case 7 or 8:
                text.Append(gap);
                Flow(indent + step, depth + 1);
                EndLine();
                break;
            case 9:
                text.Append(gap).Append(random.Next(2) == 0 ? "|" : ">").Append("+- "[random.Next(3)].ToString().Trim()).Append(eol);
                text.Append(' ', indent + step).Append("# text").Append(eol);
                if (random.Next(2) == 0)
                    text.Append(eol).Append(' ', indent + step + 1).Append("more: {").Append(eol);
                if (random.Next(3) == 0)
                    text.Append(eol);
                break;
            default:
                text.Append(gap).Append("\"first").Append(eol).Append(' ', indent + step).Append("second\"");
                EndLine();
                break;
        }
    }

    private void List(int indent, int depth)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            text.Append(' ', indent).Append('-');
            switch (random.Next(4))
            {
                case 0:
                    text.Append(' ').Append('x');
                    EndLine();
                    break;
                case 1:
                    text.Append(' ');
                    Flow(indent + 1, depth);
                    EndLine();
                    break;
                default:
                    var width = random.Next(1, 4);
                    text.Append(' ', width);
                    Map(indent + 1 + width, depth + 1, first: "");
                    break;
            }
        }
    }

    private void Flow(int indent, int depth)
    {
        if (depth > 5 || random.Next(5) == 0)
        {
            text.Append(random.Next(3) == 0 ? "{ }" : "{}");
            return;
        }
        var lines = random.Next(3) == 0;
        var count = random.Next(1, 4);
        text.Append('{');
        for (var i = 0; i < count; i++)
        {
            if (lines)
                text.Append(eol).Append(' ', indent);
            text.Append(Key()).Append(' ');
            switch (random.Next(5))
            {
                case 0:
                    Flow(indent + step, depth + 1);
                    break;
                case 1:
                    text.Append("[1, ");
                    Flow(indent + step, depth + 1);
                    text.Append(']');
                    break;
                default:
                    text.Append(FlowScalars[random.Next(FlowScalars.Length)]);
                    break;
            }
            if (i < count - 1 || random.Next(6) == 0)
                text.Append(lines ? "," : ", ");
            if (lines && random.Next(4) == 0)
                text.Append(" # flow");
        }
        if (lines)
            text.Append(eol).Append(' ', Math.Max(1, indent - step));
        text.Append('}');
    }

    private void Json(int depth)
    {
        var lines = random.Next(2) == 0;
        string indent;
        if (lines)
            indent = eol + string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "\t" : "  ", depth + 1));
        else
            indent = "";
        text.Append('{');
        for (var i = random.Next(depth == 0 ? 1 : 0, 4); i > 0; i--)
        {
            text.Append(indent).Append('"').Append('k').Append(keys++).Append("\":").Append(random.Next(2) == 0 ? " " : "");
            if (depth < 3 && random.Next(2) == 0)
                Json(depth + 1);
            else
                text.Append(
                    random.Next(3) switch
                    {
                        0 => "null",
                        1 => "\"ü\\n\"",
                        _ => "[{}, 1]",
                    }
                );
            if (i > 1)
                text.Append(',');
        }
        if (lines)
            text.Append(indent[..Math.Max(eol.Length, indent.Length - 1)]);
        text.Append('}');
        if (depth == 0)
            text.Append(eol);
    }

    private string Key()
    {
        var name = $"k{keys++}";
        return random.Next(6) switch
        {
            0 => $"\"{name}\":",
            1 => $"'{name}':",
            _ => name + ":",
        };
    }

    private void EndLine() =>
        text.Append(
                random.Next(6) switch
                {
                    0 => " # why",
                    1 => "  ",
                    _ => "",
                }
            )
            .Append(eol);

    /// <summary>Blank lines and comments at any depth.</summary>
    private void Remark(int indent)
    {
        if (random.Next(8) == 0)
            text.Append(eol);
        if (random.Next(6) == 0)
            text.Append(' ', Math.Max(0, indent + random.Next(-2, 3))).Append("# remark").Append(eol);
    }
}
