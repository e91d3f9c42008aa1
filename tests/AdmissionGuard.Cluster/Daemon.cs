using System.Diagnostics;

namespace AdmissionGuard.Cluster;

/// <summary>A process that runs until it is disposed, ended by its id; what it prints goes to a file.</summary>
internal sealed class Daemon : IDisposable
{
    private readonly Process process;
    private readonly string log;

    private Daemon(Process process, string log)
    {
        this.process = process;
        this.log = log;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public bool HasExited => process.HasExited;

    /// <summary>What it printed so far.</summary>
    public string Printed
    {
        get
        {
            using var reader = new StreamReader(new FileStream(log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }
    }

    public static Daemon Start(string folder, string log, string program, params string[] args)
    {
        // the shell becomes the program, so that the id is its own; a file needs nobody to drain it
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = folder };
        foreach (var arg in (string[])["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", log, program, .. args])
            start.ArgumentList.Add(arg);
        return new Daemon(Process.Start(start)!, log);
    }

    /// <summary>How it stands now; the caller disposes it.</summary>
    public Process Look() => Process.GetProcessById(process.Id);

    public void Kill()
    {
        if (process.HasExited)
            return;
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Kill();
        process.Dispose();
    }

    /// <summary>Where the run is cut short, nobody disposes.</summary>
    private void OnExit(object? sender, EventArgs e) => Kill();
}
