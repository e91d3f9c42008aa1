using AdmissionGuard.Loops;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Server;

/// <summary>Work in the background that ends unasked is no secret, and the process does not outlive it.</summary>
public sealed class VitalTests
{
    [Fact]
    public async Task What_ends_before_it_is_told_to_ends_the_process_with_a_reason()
    {
        var reasons = new List<string>();
        using var stop = new CancellationTokenSource();
        using (Vital.Watch(reasons.Add))
        {
            await Vital.Run("one", Task.FromException(new InvalidOperationException("broken")), stop.Token);
            await Vital.Run("two", Task.CompletedTask, stop.Token);
            // more than an array can have is too little memory, whatever the machine has
            await new Loop("three", "the third broke", new FakeTime(), TextWriter.Null).Run(
                _ => Task.FromResult<TimeSpan?>(TimeSpan.FromTicks(new byte[int.MaxValue].Length)),
                stop.Token
            );
            Assert.Equal(3, reasons.Count);
            Assert.Contains("one ended: System.InvalidOperationException: broken", reasons[0], StringComparison.Ordinal);
            Assert.Equal("two ended without a word", reasons[1]);
            Assert.Equal("the third broke: out of memory", reasons[2]);
            await stop.CancelAsync();
            await Vital.Run("four", Task.CompletedTask, stop.Token);
            await Vital.Run("five", Task.FromCanceled(stop.Token), stop.Token);
            Assert.Equal(3, reasons.Count);
        }
        Vital.End("nobody hears");
        Assert.Equal(3, reasons.Count);
    }
}
