using System.Net;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Server;

/// <summary>What judges a request; the benchmarks put a floor in its place.</summary>
internal delegate Verdict Judge(Review review);

internal sealed record ServerOptions
{
    /// <summary>Port 0 lets the system choose.</summary>
    public required IPEndPoint Listen { get; init; }

    public required Judge Judge { get; init; }

    /// <summary>As <see cref="Judge"/>, in a world without other objects; null where no caller is a stranger.</summary>
    public Judge? JudgeAlone { get; init; }

    public Callers Callers { get; init; } = new(Tokens: null, Certificates: null);

    /// <summary>Asks the cluster for what a verdict needs besides what is watched; null where there is no cluster.</summary>
    public Func<Review, CancellationToken, ValueTask<Review>>? Ask { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Who runs the server reads there of what broke.</summary>
    public required TextWriter Log { get; init; }

    /// <summary>Where the policies stand, for readiness and metrics.</summary>
    public Func<PolicyStatus>? Policies { get; init; }

    /// <summary>How far the cluster is known; null where there is none.</summary>
    public Func<LiveState>? Standing { get; init; }

    /// <summary>Where every decision is written; null where nobody asked for it. Disposed by the caller, after the server.</summary>
    public DecisionLog? Decisions { get; init; }

    /// <summary>Told of every answer of /validate; must not wait.</summary>
    public Action<Verdict>? Judged { get; init; }
}
