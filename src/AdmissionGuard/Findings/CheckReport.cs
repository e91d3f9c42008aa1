using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;

namespace AdmissionGuard.Findings;

/// <summary>What a check found, in the order of the files; every format is written from this.</summary>
/// <param name="Documents">Objects of any kind.</param>
/// <param name="Reviews">Those of a guarded kind, found something in or not.</param>
internal sealed record CheckReport(
    IReadOnlyList<LocatedFinding> Findings,
    IReadOnlyList<ManifestError> Errors,
    int Documents,
    IReadOnlyList<(Document Document, Review Review)> Reviews
)
{
    public int Reviewed => Reviews.Count;

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

    /// <summary>Of one cluster or more, and of no files.</summary>
    public bool IsOfClusters { get; init; }

    public bool IsOfSeveralClusters { get; init; }

    /// <summary>Without those known, which are counted apart.</summary>
    public int Count(GuardAction action) => Findings.Count(f => !f.IsKnown && f.Judgement.Action == action);

    public int Known => Findings.Count(f => f.IsKnown);

    /// <summary>2 wins over 1: a gate that could not read everything has not passed.</summary>
    public int ExitStatus(GuardAction failOn)
    {
        if (Errors.Count > 0)
            return 2;
        return Findings.Any(f => f.Fails(failOn)) ? 1 : 0;
    }
}
