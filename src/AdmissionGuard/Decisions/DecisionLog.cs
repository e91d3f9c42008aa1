using System.Threading.Channels;
using AdmissionGuard.Files;

namespace AdmissionGuard.Decisions;

/// <summary>
/// Where decisions are written, one line each. A request never waits for a disk: lines queue up to a bound, and what finds no room is dropped and
/// counted.
/// What fails to be written is told once and counted; nobody is refused for it.
/// </summary>
internal sealed class DecisionLog : IAsyncDisposable
{
    /// <summary>Of lines that wait. A line holds two objects, so the bound is in bytes.</summary>
    private const long MostWaiting = 16 << 20;

    private readonly Channel<byte[]> lines = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Func<Stream> open;
    private readonly TextWriter log;
    private readonly Task writing;
    private long waiting;
    private long written;
    private long dropped;

    /// <param name="open">The stream to append to; asked for again after a failure.</param>
    public DecisionLog(Func<Stream> open, bool withObjects, TextWriter log)
    {
        this.open = open;
        this.log = log;
        WithObjects = withObjects;
        writing = Write();
    }

    /// <summary>Without them a line tells what was decided, but it cannot be judged again.</summary>
    public bool WithObjects { get; }

    public long Written => Interlocked.Read(ref written);

    public long Dropped => Interlocked.Read(ref dropped);

    public (string Name, string Help, double Value)[] Gauges =>
        [
            ("admissionguard_decisions_written", "Lines of the decision log.", Written),
            ("admissionguard_decisions_dropped", "Decisions that the log could not take: it was full, or could not be written.", Dropped),
        ];

    /// <exception cref="InputException">The file cannot be written.</exception>
    public static DecisionLog At(string path, bool withObjects, TextWriter log)
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
        FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);
    }

    public void Add(byte[] line)
    {
        if (Interlocked.Add(ref waiting, line.Length) <= MostWaiting && lines.Writer.TryWrite(line))
            return;
        Interlocked.Add(ref waiting, -line.Length);
        Interlocked.Increment(ref dropped);
    }

    /// <summary>What waits is written first.</summary>
    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await writing;
    }

    private async Task Write()
    {
        await Task.Yield();
        var isTold = false;
        while (await lines.Reader.WaitToReadAsync())
        {
            try
            {
                await WriteWaiting();
                isTold = false;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (!isTold)
                    log.WriteLine(
                        $"the decision log cannot be written, decisions are lost until it can (see admissionguard_decisions_dropped): {e.Message}"
                    );
                isTold = true;
            }
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
