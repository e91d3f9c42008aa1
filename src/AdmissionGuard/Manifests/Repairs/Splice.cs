using System.Runtime.InteropServices;
using System.Text;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>A change of a text: what is taken away at a place, and what is put there.</summary>
/// <param name="Depth">Of several at one place the deeper ones come first.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Splice(int At, int Removed, string Text, int Depth = 0)
{
    /// <summary>The depth of what belongs to the line, before all lines that follow it.</summary>
    public const int InLine = int.MaxValue;

    public static string Apply(string text, IEnumerable<Splice> splices)
    {
        var result = new StringBuilder(text.Length + 1024);
        var from = 0;
        foreach (var splice in splices.OrderBy(s => s.At).ThenByDescending(s => s.Depth))
        {
            result.Append(text, from, splice.At - from).Append(splice.Text);
            from = splice.At + splice.Removed;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }
}
