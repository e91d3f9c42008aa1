using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>
/// A JSON text, read once into rows: one for each value, with its bytes, its key, and the row behind it. A look-up in a map compares lengths of keys,
/// then bytes, and jumps over what lies below. Twenty-eight bytes a value, in the order of the text.
/// </summary>
/// <remarks>Immutable but for texts that are remembered, which any thread may do.</remarks>
public sealed class JsonTree : IDisposable
{
    /// <summary>Depth: an API server refuses custom resources far below this.</summary>
    public const int MaxDepth = 128;

    /// <summary>About as many bytes as the text of a manifest has for each value; more rows are made room for.</summary>
    private const int BytesPerRow = 16;

    /// <summary>
    /// From this size on, values are counted before they are read: rows that grow by doubling, and a pool that keeps them, would cost a page of a
    /// cluster's objects three times what stays of it.
    /// </summary>
    private const int LargeBytes = 256 << 10;

    /// <summary>Texts are remembered in a list as long as the rows: not for what is larger than any review of a real object.</summary>
    private const int MostRemembered = 8192;

    private readonly byte[] bytes;
    private readonly int offset;
    private readonly bool remembers;
    private Row[] rows;
    private bool isRented;
    private string?[]? texts;

    private JsonTree(ReadOnlyMemory<byte> utf8, Row[] rows, int count, bool isRented, bool remembers)
    {
        (bytes, offset) = Array(utf8);
        this.rows = rows;
        this.isRented = isRented;
        this.remembers = remembers && count <= MostRemembered;
    }

    /// <summary>One value.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal struct Row
    {
        /// <summary>Its first byte, a text's quote included.</summary>
        public int Start;

        /// <summary>In bytes, quotes and brackets included.</summary>
        public int Length;

        /// <summary>The row behind it and all that lies below it.</summary>
        public int Next;

        /// <summary>Items of a list, entries of a map.</summary>
        public int Count;

        /// <summary>Of a map, one bit for each key that it has (<see cref="JsonRows.Bit"/>): most keys that are asked for are absent.</summary>
        public uint Keys;

        /// <summary>The first byte of its key, behind the quote.</summary>
        public int NameStart;

        /// <summary>Bytes of its key; <see cref="LongName"/> where it is as long as that or longer, or has escapes.</summary>
        public ushort NameLength;

        public JsonValueKind Kind;

        /// <summary>A text has escapes.</summary>
        public bool IsEscaped;
    }

    internal const ushort LongName = ushort.MaxValue;

    public Node Root => new(this, 0);

    internal ref readonly Row this[int row] => ref rows[row];

    /// <summary>
    /// Reads UTF-8 text; the bytes are kept, not copied. Throws <see cref="JsonException"/> where it is no JSON, or where a text in it is no Unicode:
    /// a value that holds one would throw later, at whoever reads it first.
    /// </summary>
    /// <param name="pooled">Whether <see cref="Dispose"/> will be called: the rows are borrowed.</param>
    /// <param name="remembers">Whether texts that are asked for are kept: yes for a review, no for what stays in memory.</param>
    public static JsonTree Parse(ReadOnlyMemory<byte> utf8, bool pooled = false, bool remembers = true)
    {
        JsonText.RefuseBroken(utf8.Span);
        if (utf8.Length > LargeBytes)
        {
            var exact = new Row[JsonRows.Count(utf8.Span)];
            return new JsonTree(utf8, exact, JsonRows.Read(utf8.Span, ref exact), isRented: false, remembers);
        }
        var rented = ArrayPool<Row>.Shared.Rent(Math.Max(16, utf8.Length / BytesPerRow));
        try
        {
            var count = JsonRows.Read(utf8.Span, ref rented);
            if (pooled)
                return new JsonTree(utf8, Hand(ref rented), count, isRented: true, remembers);
            return new JsonTree(utf8, rented.AsSpan(0, count).ToArray(), count, isRented: false, remembers);
        }
        finally
        {
            if (rented.Length > 0)
                ArrayPool<Row>.Shared.Return(rented);
        }
    }

    /// <summary>Gives the rows back; nodes of this tree must not be used any more.</summary>
    public void Dispose()
    {
        var gone = Interlocked.Exchange(ref rows, []);
        if (isRented)
            ArrayPool<Row>.Shared.Return(gone);
        isRented = false;
    }

    internal ReadOnlySpan<byte> Raw(int row)
    {
        ref readonly var at = ref rows[row];
        return bytes.AsSpan(offset + at.Start, at.Length);
    }

    /// <summary>What stands between the quotes of its key, escapes included.</summary>
    internal ReadOnlySpan<byte> RawName(int row)
    {
        ref readonly var at = ref rows[row];
        var rest = bytes.AsSpan(offset + at.NameStart);
        return at.NameLength == LongName ? rest[..EndOfText(rest)] : rest[..at.NameLength];
    }

    /// <summary>The row of a map's entry; the last of several with one key, as readers in Go have it; -1 where there is none.</summary>
    internal int Find(int map, ReadOnlySpan<byte> key)
    {
        Visits.One();
        ref readonly var of = ref rows[map];
        if ((of.Keys & JsonRows.Bit(key)) == 0)
            return -1;
        var end = of.Next;
        var found = -1;
        for (var row = map + 1; row < end; row = rows[row].Next)
        {
            ref readonly var at = ref rows[row];
            if (at.NameLength == key.Length)
            {
                if (bytes.AsSpan(offset + at.NameStart, key.Length).SequenceEqual(key))
                    found = row;
            }
            else if (at.NameLength == LongName && JsonText.Is(RawName(row), key))
                found = row;
        }
        return found;
    }

    /// <summary>A text without its quotes and escapes.</summary>
    internal string Text(int row)
    {
        if (!remembers)
            return Read(row);
        var known = texts ??= new string?[rows.Length];
        return known[row] ??= Read(row);
    }

    private string Read(int row) => JsonText.Read(Raw(row)[1..^1], rows[row].IsEscaped);

    private static Row[] Hand(ref Row[] rows)
    {
        var handed = rows;
        rows = [];
        return handed;
    }

    private static (byte[] Bytes, int Offset) Array(ReadOnlyMemory<byte> utf8) =>
        MemoryMarshal.TryGetArray(utf8, out var segment) ? (segment.Array!, segment.Offset) : (utf8.ToArray(), 0);

    /// <summary>Where a text ends whose opening quote was just passed.</summary>
    private static int EndOfText(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (text[at] != '"')
            at += text[at] == '\\' ? 2 : 1;
        return at;
    }
}
