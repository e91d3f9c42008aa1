using System.Diagnostics;
using System.Globalization;

namespace AdmissionGuard.Benchmarks;

/// <summary>A process that we started, what the kernel says of it, and its end by its own id.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process process;

    public Child(string executable, IEnumerable<string> arguments, params ReadOnlySpan<(string Name, string Value)> environment)
        : this(executable, arguments, folder: null, environment) { }

    /// <param name="folder">Where it runs; null for the folder of temporary files.</param>
    public Child(string executable, IEnumerable<string> arguments, string? folder, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} does not start");
        // nobody reads what it says: a full pipe would stop it
        process.OutputDataReceived += (_, line) => FirstLine ??= line.Data;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string? FirstLine { get; private set; }

    /// <summary>Waits for its end, no longer than that.</summary>
    public bool EndsWithin(TimeSpan time) => process.WaitForExit(time);

    public int ExitCode => process.ExitCode;

    /// <summary>What it computed so far, on all cores.</summary>
    public TimeSpan Computed
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in MiB: <c>VmRSS</c> now, <c>VmHWM</c> at most so far; 0 when it has ended.</summary>
    public double Resident(string what = "VmRSS")
    {
        foreach (var line in Lines("status"))
        {
            if (line.StartsWith(what, StringComparison.Ordinal))
                return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        return 0;
    }

    /// <summary>The assemblies that it has mapped.</summary>
    public IEnumerable<string> Assemblies() =>
        Lines("maps")
            .Where(l => l.EndsWith(".dll", StringComparison.Ordinal))
            .Select(l => Path.GetFileName(l[l.IndexOf('/', StringComparison.Ordinal)..]))
            .Distinct(StringComparer.Ordinal);

    /// <exception cref="TimeoutException">It was ended.</exception>
    public void Wait(TimeSpan atMost)
    {
        if (process.WaitForExit(atMost))
            return;
        process.Kill();
        throw new TimeoutException($"{process.StartInfo.FileName} took more than {atMost.TotalSeconds} s");
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit(TimeSpan.FromSeconds(5));
        process.Dispose();
    }

    private string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines($"/proc/{process.Id}/{file}");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return []; // it has ended in between
        }
    }
}
