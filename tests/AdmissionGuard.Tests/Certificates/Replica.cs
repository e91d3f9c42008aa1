using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>A process with what it would run, moved by hand: it looks, or tends as if it held the lease.</summary>
internal sealed class Replica
{
    private readonly ApiServer server;
    private readonly RotationFollower follower;
    private readonly RotationLeader leader;

    public Replica(ApiServer server, RotationPace? pace = null)
    {
        this.server = server;
        follower = new RotationFollower(StoreApi.Service, Served, Log);
        leader = new RotationLeader(server, StoreApi.Service, pace ?? RotationPace.Usual, Log);
    }

    public ServedCertificate Served { get; } = ServedCertificate.StandIn(Judge.Now);

    public StringWriter Log { get; } = new();

    /// <summary>The authority of what it serves.</summary>
    public Authority? Authority => follower.Serving is { } pair ? AdmissionGuard.Certificates.Authority.ReadAll(pair.AuthorityPem)[0] : null;

    public async Task Look(DateTimeOffset now) => follower.Follow(await CertificateView.Read(server, StoreApi.Service, StoreApi.Stop), now);

    public async Task<RotationStep> Tend(DateTimeOffset now) => (await leader.Tend(now, StoreApi.Stop)).Step;

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
