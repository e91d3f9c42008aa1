using AdmissionGuard.Loops;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Loops;

public sealed class LoopTests : IDisposable
{
    private readonly FakeTime time = new();
    private readonly StringWriter log = new();
    private readonly CancellationTokenSource stop = new();

    public void Dispose()
    {
        log.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task An_unexpected_exception_is_told_once_and_counted_and_the_work_goes_on_after_a_pause_that_grows_to_a_bound()
    {
        var rounds = 0;
        var running = Loop("test-faults")
            .Run(_ => rounds++ < 7 ? throw new InvalidOperationException("boom") : Task.FromResult<TimeSpan?>(TimeSpan.FromHours(1)), stop.Token);
        foreach (var seconds in (int[])[1, 2, 4, 8, 16, 30, 30])
            await time.Pass(TimeSpan.FromSeconds(seconds));
        await time.Pass(TimeSpan.FromHours(1));
        await stop.CancelAsync();
        await running;
        Assert.Equal(9, rounds);
        Assert.Equal(7, AdmissionGuard.Loops.Loop.Faults.Single(f => f.Key == "test-faults").Value);
        var text = log.ToString();
        Assert.StartsWith("it broke, please report; all else goes on: System.InvalidOperationException: boom", text, StringComparison.Ordinal);
        Assert.Contains("   at ", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("boom").Length);
    }

    [Fact]
    public async Task After_a_good_round_the_same_exception_is_told_again_and_the_pause_begins_anew()
    {
        var rounds = 0;
        var running = Loop("test-again")
            .Run(
                _ => rounds++ % 2 == 0 ? throw new InvalidOperationException("boom") : Task.FromResult<TimeSpan?>(TimeSpan.FromHours(1)),
                stop.Token
            );
        for (var i = 0; i < 2; i++)
        {
            await time.Pass(AdmissionGuard.Loops.Loop.FirstPause);
            await time.Pass(TimeSpan.FromHours(1));
        }
        await time.Pass(AdmissionGuard.Loops.Loop.FirstPause);
        await stop.CancelAsync();
        await running;
        Assert.Equal(4, log.ToString().Split("boom").Length);
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_round_and_a_pause_at_once_and_is_no_fault()
    {
        var entered = new TaskCompletionSource();
        var inRound = Loop("test-end")
            .Run(
                async ended =>
                {
                    entered.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, ended);
                    return TimeSpan.Zero;
                },
                stop.Token
            );
        var inPause = Loop("test-end").Run(_ => Task.FromResult<TimeSpan?>(Timeout.InfiniteTimeSpan), stop.Token);
        await entered.Task;
        Assert.False(inRound.IsCompleted || inPause.IsCompleted);
        await stop.CancelAsync();
        await Task.WhenAll(inRound, inPause).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal("", log.ToString());
        Assert.Equal(0, AdmissionGuard.Loops.Loop.Faults.Single(f => f.Key == "test-end").Value);
    }

    /// <summary>Such as the time-out of an HTTP client: it is no order to stop.</summary>
    [Fact]
    public async Task Somebody_elses_cancellation_is_a_fault_like_any_other()
    {
        var rounds = 0;
        var running = Loop("test-timeout")
            .Run(_ => rounds++ == 0 ? throw new TaskCanceledException("late") : Task.FromResult<TimeSpan?>(null), stop.Token);
        await time.Pass(AdmissionGuard.Loops.Loop.FirstPause);
        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(2, rounds);
        Assert.Contains("late", log.ToString(), StringComparison.Ordinal);
    }

    private Loop Loop(string name) => new(name, "it broke, please report; all else goes on", time, log);
}
