using System.Diagnostics;

namespace AdmissionGuard.Cluster;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task Until(Func<Task<bool>> condition, Func<string> otherwise)
    {
        for (var since = Stopwatch.StartNew(); ; )
        {
            if (await condition())
                return;
            if (since.Elapsed > Deadline)
                Assert.Fail($"not within {Deadline.TotalSeconds:0} s: {otherwise()}");
            await Task.Delay(50, Stop);
        }
    }

    public static Task Until(Func<bool> condition, Func<string> otherwise) => Until(() => Task.FromResult(condition()), otherwise);
}
