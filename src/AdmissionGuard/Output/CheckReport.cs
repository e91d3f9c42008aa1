using System.Globalization;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;

namespace AdmissionGuard.Output;

/// <summary>A finding with its place in the user's files, or in a cluster.</summary>
internal sealed record Located(Judgement Judgement, Document Document, Review Review)
{
    /// <summary>Null in a cluster.</summary>
    public Position? Position { get; } = Document.IsStored ? null : Document.PositionOf(Judgement.Path);

    /// <summary>
    /// The name of its cluster; else its line and column where it was read, <c>file:6:1</c>; behind the template that it was rendered from, where
    /// that is known.
    /// </summary>
    public string Place
    {
        get
        {
            if (Position is not var (line, column))
                return Refusal.Line(Document.File);
            var read = string.Create(
                CultureInfo.InvariantCulture,
                $"{(Document is { File: ManifestFiles.StandardInput, Source: not null } ? "stdin" : Document.File)}:{line}:{column}"
            );
            return Document.Source is { } source ? $"{Refusal.Line(source)} ({read})" : read;
        }
    }

    /// <summary>Whether <see cref="Document.Origin"/> is a template, where the line is not known, and not what was read.</summary>
    public bool IsElsewhere => Document.Origin != Document.File;

    /// <summary>Whether a file of known findings holds it, and no less of it: it fails nothing and is counted apart.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Who answers for the object, by a label of it or of its namespace; null where nobody is named, or nobody asked.</summary>
    public string? Owner { get; init; }

    /// <param name="failOn">The weakest action that fails; <see cref="GuardAction.Off"/> where nothing does.</param>
    public bool Fails(GuardAction failOn) => !IsKnown && failOn != GuardAction.Off && Judgement.Action >= failOn;
}

/// <summary>What a check found, in the order of the files; every format is written from this.</summary>
/// <param name="Documents">Objects of any kind.</param>
/// <param name="Reviews">Those of a guarded kind, found something in or not.</param>
internal sealed record CheckReport(
    IReadOnlyList<Located> Findings,
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
    public int ExitStatus(GuardAction failOn) =>
        Errors.Count > 0 ? 2
        : Findings.Any(f => f.Fails(failOn)) ? 1
        : 0;
}
