using System.Diagnostics;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Server;

/// <summary>
/// A queue for reviews of one size. Judging is computation, so only as many run at once as there are cores for it; who comes meanwhile waits in
/// order,
/// and who would wait for longer than the API server does is refused at once, since its answer would be of no use and the work would delay the
/// others.
/// </summary>
internal sealed class ReviewLane(int atOnce, int most) : IDisposable
{
    /// <summary>Of what one review takes, how much the next one counts in the average.</summary>
    private const int Memory = 16;

    private readonly SemaphoreSlim places = new(atOnce);
    private int inside;
    private long average;

    /// <summary>That wait, or are judged.</summary>
    public int Inside => Volatile.Read(ref inside);

    public void Dispose() => places.Dispose();

    /// <summary>False where there is no time for it; else <see cref="Leave"/> is owed.</summary>
    /// <exception cref="OperationCanceledException">The connection ended in the meantime.</exception>
    public async ValueTask<bool> Enter(Deadline deadline)
    {
        var before = Interlocked.Increment(ref inside) - 1;
        var isIn = false;
        try
        {
            if (before >= most || (WaitBehind(before) is var wait && wait > TimeSpan.Zero && wait > deadline.Left))
                return false;
            if (!places.Wait(0, CancellationToken.None))
                await places.WaitAsync(deadline.Aborted);
            isIn = true;
            return true;
        }
        finally
        {
            if (!isIn)
                Interlocked.Decrement(ref inside);
        }
    }

    /// <param name="entered">When it was let in, as <see cref="Stopwatch"/> says it.</param>
    public void Leave(long entered)
    {
        var took = Stopwatch.GetTimestamp() - entered;
        // two at once may lose one of their counts, which an average can bear
        Volatile.Write(ref average, Volatile.Read(ref average) + ((took - Volatile.Read(ref average)) / Memory));
        Interlocked.Decrement(ref inside);
        places.Release();
    }

    private TimeSpan WaitBehind(int others) => Stopwatch.GetElapsedTime(0, Volatile.Read(ref average) * Math.Max(0, others - atOnce + 1) / atOnce);
}

/// <summary>One review's turn in a lane; it steps aside while it waits for something that needs no core.</summary>
internal sealed class Turn(ReviewLane lane, Deadline deadline) : IDisposable
{
    private long entered;
    private bool isIn;

    /// <inheritdoc cref="ReviewLane.Enter"/>
    public async ValueTask<bool> Begin()
    {
        isIn = await lane.Enter(deadline);
        entered = Stopwatch.GetTimestamp();
        return isIn;
    }

    /// <exception cref="PatienceEndedException">Its turn does not come again in time.</exception>
    public async ValueTask<T> Aside<T>(ValueTask<T> waited)
    {
        if (waited.IsCompleted)
            return await waited;
        Dispose();
        var result = await waited;
        return await Begin() ? result : throw new PatienceEndedException();
    }

    public void Dispose()
    {
        if (isIn)
            lane.Leave(entered);
        isIn = false;
    }
}
