using System.Buffers.Binary;
using System.Text;

namespace AdmissionGuard.Tests.Telemetry;

/// <summary>
/// A protobuf message by its field numbers (opentelemetry-proto 1.x), read without the library that wrote it. Groups, which OTLP does not use, are
/// refused.
/// </summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, ReadOnlyMemory<byte> Bytes, ulong Number)> fields = [];

    public WireMessage(ReadOnlyMemory<byte> from)
    {
        while (!from.IsEmpty)
        {
            var key = Varint(ref from);
            var field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add((field, default, Varint(ref from)));
                    break;
                case 1:
                    fields.Add((field, from[..8], BinaryPrimitives.ReadUInt64LittleEndian(from.Span)));
                    from = from[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref from);
                    fields.Add((field, from[..length], 0));
                    from = from[length..];
                    break;
                case 5:
                    fields.Add((field, from[..4], BinaryPrimitives.ReadUInt32LittleEndian(from.Span)));
                    from = from[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7} of field {field}");
            }
        }
    }

    public IEnumerable<WireMessage> All(int field) => fields.Where(f => f.Field == field).Select(f => new WireMessage(f.Bytes));

    /// <summary>Messages within messages.</summary>
    public IEnumerable<WireMessage> All(params int[] path) => path.Aggregate((IEnumerable<WireMessage>)[this], (m, f) => m.SelectMany(n => n.All(f)));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ulong Number(int field) => fields.FirstOrDefault(f => f.Field == field).Number;

    public bool Has(int field) => fields.Exists(f => f.Field == field);

    /// <summary>Packed 64-bit values, or one of them.</summary>
    public IEnumerable<double> Doubles(int field)
    {
        var bytes = Bytes(field);
        for (var i = 0; i + 8 <= bytes.Length; i += 8)
            yield return BinaryPrimitives.ReadDoubleLittleEndian(bytes.Span[i..]);
    }

    /// <summary>KeyValues: strings, booleans and integers as their JSON would be.</summary>
    public Dictionary<string, string> Attributes(int field) =>
        All(field).ToDictionary(a => a.Text(1), a => a.All(2).Select(Value).Single(), StringComparer.Ordinal);

    private static string Value(WireMessage value)
    {
        if (value.Has(1))
            return value.Text(1);
        if (value.Has(2))
            return Boolean(value.Number(2));
        return value.Number(3).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Boolean(ulong number) => number == 1 ? "true" : "false";

    private ReadOnlyMemory<byte> Bytes(int field) => fields.FirstOrDefault(f => f.Field == field).Bytes;

    private static ulong Varint(ref ReadOnlyMemory<byte> from)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = from.Span[0];
            from = from[1..];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
