namespace AdmissionGuard.Certificates;

internal sealed record ClusterCertificateOptions
{
    /// <summary>Names the Secret, the lease and the hosts of the certificate.</summary>
    public required ServiceName Service { get; init; }

    /// <summary>Taught which tokens the API server shows.</summary>
    public required PathTokens Tokens { get; init; }

    /// <summary>Somebody else keeps the certificate: only the tokens are kept here.</summary>
    public bool OnlyTokens { get; init; }

    public required RotationPace Pace { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Who runs the server reads there of every step, and of what fails.</summary>
    public required TextWriter Log { get; init; }
}
