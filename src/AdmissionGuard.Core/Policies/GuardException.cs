using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>Takes rules off named objects for a while, repairs included. Made by <see cref="ExceptionReader"/>; never half valid.</summary>
/// <param name="Objects">Exactly these.</param>
public sealed record GuardException(
    string Name,
    IReadOnlyList<Rule> Rules,
    IReadOnlyList<ObjectKey> Objects,
    string Owner,
    string Reason,
    DateTimeOffset Expires
)
{
    /// <summary>How long before its end it says so.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromDays(7);

    /// <summary>What its author should write otherwise; it holds as it is.</summary>
    public IReadOnlyList<PolicyNotice> Notices { get; init; } = [];

    public bool Names(Rule rule) => Rules.Contains(rule);

    public bool HasEnded(DateTimeOffset now) => Expires <= now;

    public bool EndsSoon(DateTimeOffset now) => !HasEnded(now) && Expires - now <= Notice;
}
