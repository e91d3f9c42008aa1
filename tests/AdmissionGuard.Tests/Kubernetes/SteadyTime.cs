namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>The date moves when it is told to; timers run.</summary>
internal sealed class SteadyTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = Judge.Now;

    public override DateTimeOffset GetUtcNow() => Now;
}
