namespace AdmissionGuard.Live;

/// <summary>What a <see cref="LiveCluster"/> needs besides the cluster and the policy files.</summary>
internal sealed record LiveOptions
{
    public required TimeProvider Time { get; init; }

    /// <summary>Whoever runs the server reads there what changed and what broke.</summary>
    public required TextWriter Log { get; init; }

    /// <summary>Watch the kinds that rules judge as well, and remember what changes: see <see cref="LiveCluster.Look"/>.</summary>
    public bool IsAudited { get; init; }
}
