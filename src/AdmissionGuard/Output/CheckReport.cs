using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;

namespace AdmissionGuard.Output;

/// <summary>A finding with its place in the user's files.</summary>
internal sealed record Located(Judgement Judgement, Document Document, Review Review)
{
    public Position Position { get; } = Document.PositionOf(Judgement.Path);
}

/// <summary>What a check found, in the order of the files; every format is written from this.</summary>
/// <param name="Documents">Objects of any kind.</param>
/// <param name="Reviewed">Those of a guarded kind.</param>
internal sealed record CheckReport(IReadOnlyList<Located> Findings, IReadOnlyList<ManifestError> Errors, int Documents, int Reviewed)
{
    /// <summary>What their writers are told besides: the end of exceptions, the glass, what could not be known.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>What the policies would add to the objects.</summary>
    public IReadOnlyList<Repair> Repairs { get; init; } = [];

    /// <summary>Findings whose repairs were written into the files; they are no longer among <see cref="Findings"/>.</summary>
    public int Fixed { get; init; }

    /// <summary>Files that were written.</summary>
    public int FixedFiles { get; init; }

    /// <summary>Findings that exceptions cover.</summary>
    public int Exempted { get; init; }

    /// <summary>Objects in excluded namespaces, which were not judged.</summary>
    public int Excluded { get; init; }

    public int Count(GuardAction action) => Findings.Count(f => f.Judgement.Action == action);

    /// <summary>2 wins over 1: a gate that could not read everything has not passed.</summary>
    public int ExitStatus(GuardAction failOn) =>
        Errors.Count > 0 ? 2 : failOn != GuardAction.Off && Findings.Any(f => f.Judgement.Action >= failOn) ? 1 : 0;
}
