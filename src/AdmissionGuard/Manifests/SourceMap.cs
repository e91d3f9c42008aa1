using System.Runtime.InteropServices;

namespace AdmissionGuard.Manifests;

/// <summary>A place in a file; both count from 1, columns in UTF-16 units.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Position(int Line, int Column);

/// <summary>From the byte where a value begins in a document's JSON to where it stands in the file.</summary>
internal sealed class SourceMap(SourceMap.Entry[] entries)
{
    /// <param name="Offset">Where the value begins; entries ascend by it.</param>
    /// <param name="Key">Where a person looks for it: the key of a map's entry, else the value itself.</param>
    /// <param name="Value">Where the value itself begins.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Entry(int Offset, Position Key, Position Value);

    public Position KeyAt(int offset) => Find(offset).Key;

    public Position ValueAt(int offset) => Find(offset).Value;

    /// <summary>The last value that begins at or before the offset: a place inside a value is that value's.</summary>
    private Entry Find(int offset)
    {
        var low = 0;
        var high = entries.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (entries[middle].Offset <= offset)
                low = middle;
            else
                high = middle - 1;
        }
        return entries[low];
    }
}
