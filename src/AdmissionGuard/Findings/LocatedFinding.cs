using System.Globalization;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Findings;

/// <summary>A finding with its place in the user's files, or in a cluster.</summary>
internal sealed record LocatedFinding(Judgement Judgement, Document Document, Review Review)
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
                return FindingText.Line(Document.File);
            var read = string.Create(
                CultureInfo.InvariantCulture,
                $"{(Document is { File: ManifestFiles.StandardInput, Source: not null } ? "stdin" : Document.File)}:{line}:{column}"
            );
            return Document.Source is { } source ? $"{FindingText.Line(source)} ({read})" : read;
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
