using System.Threading.Channels;
using AdmissionGuard.Admission;
using AdmissionGuard.Files;
using AdmissionGuard.Loops;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Decisions;

/// <summary>
/// Where decisions are written, one line each. A request never waits for a disk: lines queue up to a bound, and what finds no room is dropped and
/// counted.
/// What fails to be written is told once and counted; nobody is refused for it.
/// </summary>
internal sealed class DecisionLog : IAsyncDisposable
{
    private readonly Channel<byte[]> lines = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Func<Stream> open;
    private readonly TextWriter log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task writing;
    private bool isTold;
    private long waiting;
    private long written;
    private long dropped;

    /// <param name="open">The stream to append to; asked for again after a failure.</param>
    public DecisionLog(Func<Stream> open, bool withObjects, TextWriter log)
    {
        this.open = open;
        this.log = log;
        WithObjects = withObjects;
        writing = new Loop("decisions", "writing the decision log broke, please report; decisions are lost meanwhile", TimeProvider.System, log).Run(
            WriteNext,
            stop.Token
        );
    }

    /// <summary>Without them a line tells what was decided, but it cannot be judged again.</summary>
    public bool WithObjects { get; }

    public long Written => Interlocked.Read(ref written);

    public long Dropped => Interlocked.Read(ref dropped);

    public void Observe(Instruments instruments)
    {
        instruments.Observe(Metrics.DecisionsWritten, () => Written);
        instruments.Observe(Metrics.DecisionsDropped, () => Dropped);
    }

    /// <exception cref="InputException">The file cannot be written.</exception>
    /// <param name="mostBytes">Of the file and the one before it together; a file that would be larger becomes <c>FILE.1</c>.</param>
    public static DecisionLog At(string path, bool withObjects, TextWriter log, long mostBytes = ServerLimits.DecisionLogBytes)
    {
        if (path == "-")
            return new DecisionLog(Console.OpenStandardOutput, withObjects, log);
        try
        {
            Open().Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--decision-log {path}: {e.Message}");
        }
        return new DecisionLog(Open, withObjects, log);

        // shared, so that it can be read, moved away and cut off while the server runs
        FileStream Open()
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > (mostBytes / 2) - ServerLimits.DecisionBytesWaiting && File.ResolveLinkTarget(path, false) is null)
                File.Move(path, path + ".1", overwrite: true);
            return new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);
        }
    }

    public void Add(byte[] line)
    {
        if (Interlocked.Add(ref waiting, line.Length) <= ServerLimits.DecisionBytesWaiting && lines.Writer.TryWrite(line))
            return;
        Interlocked.Add(ref waiting, -line.Length);
        Interlocked.Increment(ref dropped);
    }

    /// <summary>What waits is written first.</summary>
    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await stop.CancelAsync();
        await writing;
        if (lines.Reader.TryPeek(out _))
            await WriteWhatCan();
        stop.Dispose();
    }

    private async Task<TimeSpan?> WriteNext(CancellationToken ended)
    {
        if (!await lines.Reader.WaitToReadAsync(ended))
            return null;
        await WriteWhatCan();
        return TimeSpan.Zero;
    }

    /// <summary>What is lost to a disk that is full or a folder that is gone is told once.</summary>
    private async Task WriteWhatCan()
    {
        try
        {
            await WriteWaiting();
            isTold = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!isTold)
                log.WriteLine(
                    $"the decision log cannot be written, decisions are lost until it can (see {Metrics.DecisionsDropped.Name}): {e.Message}"
                );
            isTold = true;
        }
    }

    /// <summary>Opened for each run of lines: whoever moves the file away gets a new one, without a signal.</summary>
    private async Task WriteWaiting()
    {
        var taken = 0;
        try
        {
            await using var stream = open();
            while (lines.Reader.TryRead(out var line))
            {
                taken++;
                Interlocked.Add(ref waiting, -line.Length);
                await stream.WriteAsync(line);
            }
            await stream.FlushAsync();
            Interlocked.Add(ref written, taken);
        }
        catch
        {
            if (taken == 0 && lines.Reader.TryRead(out var line))
            {
                taken = 1;
                Interlocked.Add(ref waiting, -line.Length);
            }
            Interlocked.Add(ref dropped, taken);
            throw;
        }
    }
}
