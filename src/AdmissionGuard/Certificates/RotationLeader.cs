using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// Carries the plan out, one write after another. It remembers only since when the picture is as it is; whoever else writes at the same time costs a
/// conflict and nothing more.
/// </summary>
internal sealed class RotationLeader(IApiServer server, ServiceName service, RotationPace pace, TextWriter log)
{
    private string? picture;
    private DateTimeOffset since;
    private string? said;

    /// <summary>Looks, and takes one step where one is due.</summary>
    /// <exception cref="ApiException">Nothing was done, or nobody knows: the next look shows.</exception>
    public async Task<RotationPlan> Tend(DateTimeOffset now, CancellationToken stop)
    {
        var view = await CertificateView.Read(server, service, stop);
        if (view.Fingerprint() is var seen && seen != picture)
        {
            picture = seen;
            since = now;
        }
        // a caBundle that somebody else writes is neither written nor waited for
        var ours = view.Configurations.Where(c => c.Owner is null).ToArray();
        var plan = RotationPlan.Of(view.Secret, [.. ours.SelectMany(c => c.Trusted)], since, now, service, pace);
        if (plan.Step != RotationStep.Wait || plan.Why != said)
            log.WriteLine($"certificates: {Words(plan.Step)}: {plan.Why}");
        said = plan.Why;
        switch (plan.Step)
        {
            case RotationStep.Begin:
                await Write(view.Secret, view.Secret with { Current = Make(now), Next = null, IsAsked = false }, stop);
                break;
            case RotationStep.Prepare:
                await Write(view.Secret, view.Secret with { Next = Make(now), IsAsked = false }, stop);
                break;
            case RotationStep.Switch:
                await Write(view.Secret, view.Secret with { Current = view.Secret.Next, Next = null }, stop);
                break;
            case RotationStep.Discard:
                await Write(view.Secret, view.Secret with { Next = null }, stop);
                break;
            case RotationStep.Calm:
                await Write(view.Secret, view.Secret with { IsUrgent = false }, stop);
                break;
            case RotationStep.Publish or RotationStep.Retire:
                foreach (var configuration in ours.Where(c => plan.Step == RotationStep.Retire || c.Lacks(plan.Bundle)))
                {
                    await server.Merge(
                        configuration.Resource,
                        ns: null,
                        service.Configuration,
                        configuration.Write(held => plan.BundleFor(held, now)),
                        stop
                    );
                }
                break;
            default:
                break;
        }
        return plan;
    }

    private ServingCertificate Make(DateTimeOffset now) => ServingCertificate.Make(now, service.DnsNames, ServiceName.Addresses, pace.Lifetime);

    private async Task Write(CertificateSecret before, CertificateSecret after, CancellationToken stop)
    {
        var body = before.Write(after, service);
        if (before.Version is null)
            await server.Create(body, stop);
        else
            await server.Merge(body, stop);
    }

    private static string Words(RotationStep step) =>
        step switch
        {
            RotationStep.Wait => "waiting",
            RotationStep.Begin => "making the first one",
            RotationStep.Prepare => "making the next one",
            RotationStep.Publish => "adding to caBundle",
            RotationStep.Switch => "switching to the next one",
            RotationStep.Retire => "taking the old authority out of caBundle",
            RotationStep.Discard => "throwing the next one away",
            RotationStep.Calm => "done",
            _ => "hands off",
        };
}
