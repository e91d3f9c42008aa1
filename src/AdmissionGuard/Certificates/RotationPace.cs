namespace AdmissionGuard.Certificates;

/// <summary>How long certificates live, and how long each step waits for those who are behind.</summary>
/// <param name="Lifetime">Of a certificate and its authority.</param>
/// <param name="Settle">From the first sight of both authorities in every webhook's caBundle to the change of certificate: API servers keep copies of
/// the configurations.</param>
/// <param name="Retire">From that change to the old authority's removal: a replica that could not read the Secret serves the old certificate
/// meanwhile. It harms nobody to wait, the key of that authority does not exist.</param>
/// <param name="Look">How often everybody looks.</param>
internal sealed record RotationPace(TimeSpan Lifetime, TimeSpan Settle, TimeSpan Retire, TimeSpan Look)
{
    public static readonly RotationPace Usual = new(TimeSpan.FromDays(90), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromSeconds(10));

    /// <summary>For a key that somebody has seen: three looks a step, and who is behind is left behind.</summary>
    public RotationPace Urgent => this with { Settle = Min(Settle, Look * 3), Retire = Min(Retire, Look * 3) };

    /// <summary>With steps that settle so fast, all else in proportion; for tests.</summary>
    public static RotationPace Of(TimeSpan settle) => Usual with { Settle = settle, Retire = settle * 2, Look = settle / 5 };

    /// <summary>At two thirds of its life: a month is left for whatever stands in the way.</summary>
    public static DateTimeOffset DueAt(Authority authority) => authority.From + ((authority.Until - authority.From) * 2 / 3);

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
