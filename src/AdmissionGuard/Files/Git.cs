using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace AdmissionGuard.Files;

/// <summary>The program git, without a shell, a terminal, or what a hook of git has set for another repository.</summary>
internal static class Git
{
    private static readonly string[] OfHooks = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];

    internal sealed record Result(int Status, byte[] Output, string Error)
    {
        /// <summary>Git's own words, in one line.</summary>
        public string Complaint =>
            Error.Trim().Split('\n')[0].Replace("fatal: ", "", StringComparison.Ordinal) is { Length: > 0 } line
                ? line
                : $"git ended with status {Status}";
    }

    /// <summary>All that a command prints.</summary>
    /// <exception cref="InputException">There is no git.</exception>
    public static Result Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return new Result(process.ExitCode, output.ToArray(), error.GetAwaiter().GetResult());
    }

    /// <exception cref="InputException">There is no git.</exception>
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Encoding.ASCII,
        };
        foreach (var name in OfHooks)
            start.Environment.Remove(name);
        start.Environment["GIT_LITERAL_PATHSPECS"] = "1"; // a path with a star is that path
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InputException($"git cannot be started: {e.Message}");
        }
    }
}
