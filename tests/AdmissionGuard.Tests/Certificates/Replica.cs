using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>A process with what it would run, moved by hand: it looks, or tends as if it held the lease.</summary>
internal sealed class Replica
{
    private readonly IApiServer server;
    private readonly RotationFollower follower;
    private readonly RotationLeader leader;

    public Replica(IApiServer server, RotationPace? pace = null)
    {
        this.server = server;
        follower = new RotationFollower(Installed.Service, Served, Log);
        leader = new RotationLeader(server, Installed.Service, pace ?? RotationPace.Usual, Log);
    }

    public ServedCertificate Served { get; } = ServedCertificate.StandIn(Judge.Now);

    public StringWriter Log { get; } = new();

    /// <summary>The authority of what it serves.</summary>
    public Authority? Authority => follower.Serving is { } pair ? AdmissionGuard.Certificates.Authority.ReadAll(pair.AuthorityPem)[0] : null;

    public async Task Look(DateTimeOffset now) => follower.Follow(await CertificateView.Read(server, Installed.Service, FakeApi.Stop), now);

    public async Task<RotationStep> Tend(DateTimeOffset now) => (await leader.Tend(now, FakeApi.Stop)).Step;

    /// <summary>Until there is nothing to do at this time.</summary>
    public async Task<IReadOnlyList<RotationStep>> TendAll(DateTimeOffset now)
    {
        var steps = new List<RotationStep>();
        while (await Tend(now) is not (RotationStep.Wait or RotationStep.Refuse) and var step)
        {
            steps.Add(step);
            Assert.True(steps.Count < 10, $"no end: {string.Join(", ", steps)}");
        }
        return steps;
    }
}
