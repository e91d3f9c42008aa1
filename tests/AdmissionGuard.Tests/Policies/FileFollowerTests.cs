using AdmissionGuard.Files;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Policies;

public sealed class FileFollowerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Our_own_fault_is_told_once_and_the_files_are_read_as_soon_as_it_is_over()
    {
        var time = new FakeTime();
        using var log = new StringWriter();
        var reads = 0;
        var read = new TaskCompletionSource();
        await using var files = new FileFollower(
            new FollowedFiles
            {
                What = "the files",
                Look = () => "changed",
                LookedLike = "before",
                Read = Read,
                Interval = Interval,
            },
            time,
            log
        );
        await time.Pass(Interval); // it has changed
        await time.Pass(Interval); // it looks alike twice, and is read
        foreach (var seconds in (int[])[1, 2, 4])
            await time.Pass(TimeSpan.FromSeconds(seconds));
        await read.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await files.DisposeAsync();
        Assert.Equal(4, reads);
        Assert.StartsWith("reading the files broke, please report; what was read before stays in force", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, log.ToString().Split("boom").Length);

        bool Read()
        {
            if (++reads < 4)
                throw new InvalidOperationException("boom");
            read.SetResult();
            return true;
        }
    }
}
