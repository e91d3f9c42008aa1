using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AdmissionGuard.Files;

/// <summary>Contents from one running <c>git cat-file --batch</c>, asked for one after the other.</summary>
internal sealed class GitBlobs(string repository) : IDisposable
{
    private Process? process;

    /// <summary>Throws <see cref="IOException"/> for what is too large, and for what a partial clone has not got.</summary>
    public byte[] Read(string id)
    {
        process ??= Begin();
        process.StandardInput.Write(id + "\n");
        process.StandardInput.Flush();
        var output = process.StandardOutput.BaseStream;
        var header = Header(output);
        if (header.Split(' ') is not [_, "blob", var length] || !long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            throw new IOException($"git says {header}");
        if (size > Limits.FileBytes)
        {
            Dispose(); // cheaper than to read what nobody wants
            throw new IOException(Limits.TooLarge);
        }
        var bytes = new byte[size];
        output.ReadExactly(bytes);
        output.ReadByte(); // the line's end that git adds
        return bytes;
    }

    public void Dispose()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
        process = null;
    }

    private Process Begin()
    {
        var begun = Git.Start(repository, "cat-file", "--batch");
        begun.ErrorDataReceived += static (_, _) => { }; // read and dropped, so that it never waits
        begun.BeginErrorReadLine();
        return begun;
    }

    private static string Header(Stream output)
    {
        var header = new StringBuilder();
        while (output.ReadByte() is var next and >= 0 && next != '\n')
            header.Append((char)next);
        return header.Length > 0 ? header.ToString() : "nothing";
    }
}
