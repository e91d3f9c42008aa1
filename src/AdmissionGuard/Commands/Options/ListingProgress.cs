using System.Globalization;

namespace AdmissionGuard.Commands.Options;

/// <summary>How far the listing of a cluster is, in one line that is written over; nothing where nobody looks at a terminal.</summary>
internal sealed class ListingProgress(Terminal terminal)
{
    private int width;

    public void Tell(string cluster, string kind, int objects) => Write(string.Create(CultureInfo.InvariantCulture, $"{cluster}: {kind} {objects}"));

    public void Clear() => Write("");

    private void Write(string text)
    {
        if (!terminal.ShowsProgress || (text.Length == 0 && width == 0))
            return;
        terminal.Error.Write($"\r{text.PadRight(width)}{(text.Length == 0 ? "\r" : "")}");
        width = text.Length;
    }
}
