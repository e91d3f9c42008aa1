using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Certificates;

internal enum RotationStep
{
    /// <summary>Nothing to do before the time is there, or something changes.</summary>
    Wait,

    /// <summary>Nobody can be trusted yet: make a certificate and serve it at once.</summary>
    Begin,

    /// <summary>Make the next certificate, which nobody serves yet.</summary>
    Prepare,

    /// <summary>Add to every caBundle what it lacks.</summary>
    Publish,

    /// <summary>The next certificate becomes the one that is served.</summary>
    Switch,

    /// <summary>Take out of every caBundle what nobody serves any more.</summary>
    Retire,

    /// <summary>Take the next certificate away, it is unusable and none is due.</summary>
    Discard,

    /// <summary>The hurry is over.</summary>
    Calm,

    /// <summary>Somebody else keeps them: hands off.</summary>
    Refuse,
}

/// <summary>
/// What the leader does next, a pure function of what is stored, what the API servers show, and the time. There is no other state: whoever takes over
/// after a crash plans
/// from the same picture. Each step is one write, and each write leaves a picture in which every replica, also one that has not yet looked, serves
/// what is trusted.
/// </summary>
/// <param name="Why">In one line, for the log.</param>
/// <param name="Bundle">What every caBundle must hold now.</param>
/// <param name="At">When to look again at the latest.</param>
internal sealed record RotationPlan(RotationStep Step, string Why, IReadOnlyList<Authority> Bundle, DateTimeOffset At)
{
    /// <param name="trusted">For each webhook of ours whom it trusts; nothing where no configuration is there.</param>
    /// <param name="since">Since when the picture is known to have been like this, without a change: it begins anew with each leader, which can only
    /// make a step later.</param>
    public static RotationPlan Of(
        CertificateSecret secret,
        IReadOnlyList<IReadOnlyList<Authority>> trusted,
        DateTimeOffset since,
        DateTimeOffset now,
        ServiceName service,
        RotationPace pace
    )
    {
        if (secret.Owner is { } owner)
            return new RotationPlan(
                RotationStep.Refuse,
                $"the Secret {service.Namespace}/{service.Secret} is {owner}'s: mount it and say --cert-dir",
                [],
                now + pace.Look
            );
        if (secret.IsUrgent)
            pace = pace.Urgent;
        var current = Usable(secret.Current, service, now, out var fault);
        var next = Usable(secret.Next, service, now, out var nextFault);
        var bundle = ((Authority?[])[current, next]).OfType<Authority>().ToArray();
        RotationPlan Plan(RotationStep step, string why, DateTimeOffset? at = null) =>
            new(step, why, bundle, at < now + pace.Look ? at.Value : now + pace.Look);

        if (next is not null)
        {
            if (IsLacking())
                return Plan(RotationStep.Publish, "the next authority is not in every caBundle");
            return now >= since + pace.Settle
                ? Plan(RotationStep.Switch, $"every caBundle has held the next authority for {pace.Settle}")
                : Plan(RotationStep.Wait, $"the next authority is published, the switch comes at {since + pace.Settle:u}", since + pace.Settle);
        }
        if (current is null)
        {
            var reason = secret.Current is null ? "there is no certificate" : $"the certificate is unusable: {fault}";
            // who trusts somebody may trust a replica that still serves what the Secret held: not to be overtaken
            return Plan(trusted.Any(t => t.Any(a => a.Until > now)) ? RotationStep.Prepare : RotationStep.Begin, reason);
        }
        var due = DueAt(secret.Current!);
        if (now >= due)
            return Plan(RotationStep.Prepare, $"two thirds of the certificate's life are over, it expires on {Times.Day(current.Until)}");
        if (secret.IsAsked)
            return Plan(RotationStep.Prepare, "a rotation was asked for");
        if (secret.Next is not null)
            return Plan(RotationStep.Discard, $"the next certificate is unusable: {nextFault}");
        if (IsLacking())
            return Plan(RotationStep.Publish, "the authority is not in every caBundle");
        if (trusted.Any(t => t.Count > 1))
        {
            return now >= since + pace.Retire
                ? Plan(RotationStep.Retire, $"nobody has needed the old authority for {pace.Retire}")
                : Plan(RotationStep.Wait, $"the old authority leaves the caBundles at {since + pace.Retire:u}", since + pace.Retire);
        }
        if (secret.IsUrgent)
            return Plan(RotationStep.Calm, "the rotation is over");
        return Plan(RotationStep.Wait, $"the next rotation is due on {Times.Day(due)}", due);

        bool IsLacking() => trusted.Any(t => bundle.Any(a => !t.Contains(a)));
    }

    /// <summary>
    /// What a webhook shall trust that trusts <paramref name="held"/> now. Until they retire, others stay: a replica may serve by them.
    /// </summary>
    public IReadOnlyList<Authority> BundleFor(IReadOnlyList<Authority> held, DateTimeOffset now) =>
        Step == RotationStep.Retire ? Bundle : [.. Bundle, .. held.Where(h => !Bundle.Contains(h) && h.Until > now)];

    /// <summary>Of the certificate or its authority, whichever is first; both are our own making unless somebody put others there.</summary>
    public static DateTimeOffset DueAt(ServingCertificate usable) =>
        Authority.ReadAll(usable.AuthorityPem + "\n" + usable.CertificatePem).Min(RotationPace.DueAt);

    /// <summary>Its authority, where a client that trusts that takes it.</summary>
    public static Authority? Usable(ServingCertificate? pair, ServiceName service, DateTimeOffset now, out string? fault)
    {
        fault = pair is null ? "there is none" : pair.Fault([service.Host], now); // by which the API server calls; the other names are a convenience
        return fault is null ? Authority.ReadAll(pair!.AuthorityPem)[0] : null;
    }
}
