using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;
using AdmissionGuard.Output;

namespace AdmissionGuard.Commands;

/// <summary>What a report says of verdicts, gathered in their order.</summary>
internal sealed class Tally(GuardSettings settings)
{
    private readonly List<Located> findings = [];
    private readonly List<(Document, Review)> reviews = [];
    private int exempted;
    private int excluded;

    public List<ManifestError> Errors { get; } = [];

    public List<string> Notices { get; } = [];

    /// <param name="owner">Who answers for the object; null where nobody is named, or nobody asked.</param>
    public void Add(Document document, Review review, Verdict verdict, string? owner = null)
    {
        reviews.Add((document, review));
        findings.AddRange(verdict.Judgements.Select(j => new Located(j, document, review) { Owner = owner }));
        Errors.AddRange(verdict.TypeFaults.Select(f => At(document, review, f)));
        Notices.AddRange(verdict.Notices.Select(n => $"{document.File}: {Refusal.Subject(review)}: {n}"));
        exempted += verdict.Exceptions.Where(e => !e.HasEnded).Sum(e => e.Findings);
        if (settings.Excludes(review.Namespace))
            excluded++;
    }

    /// <param name="documents">Objects of any kind, judged or not.</param>
    public CheckReport Report(int documents) =>
        new(findings, Errors, documents, reviews)
        {
            Notices = Notices,
            Exempted = exempted,
            Excluded = excluded,
        };

    private static ManifestError At(Document document, Review review, TypeFault fault)
    {
        var message = $"{fault.Path.ToText()}: {fault.Message}";
        if (document.IsStored)
            return new ManifestError($"{document.File}: {Refusal.Subject(review)}", null, null, message);
        var (line, column) = document.PositionOf(fault.Path);
        return new ManifestError(document.File, line, column, message);
    }
}
