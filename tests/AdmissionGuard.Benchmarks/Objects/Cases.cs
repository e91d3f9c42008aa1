namespace AdmissionGuard.Benchmarks.Objects;

/// <summary>The reviews that are measured.</summary>
public enum Case
{
    /// <summary>A new VirtualService of 20 routes, nothing against it.</summary>
    CleanCreate,

    /// <summary>One of its routes sends ten points more to the newer version.</summary>
    SmallUpdate,

    /// <summary>Two denials in each of 20 routes.</summary>
    FortyFindings,

    /// <summary>Twenty routes without retries: twenty repairs.</summary>
    TwentyRepairs,

    /// <summary>A DestinationRule without limits.</summary>
    DestinationRule,

    /// <summary>A canary of four weights.</summary>
    Rollout,
}

internal static class Cases
{
    public static byte[] Of(Case @case) =>
        @case switch
        {
            Case.CleanCreate => WireReview.Create(VirtualServices.Clean()),
            Case.SmallUpdate => WireReview.Update(VirtualServices.Shifted(), VirtualServices.Clean()),
            Case.FortyFindings => WireReview.Create(VirtualServices.FortyFindings()),
            Case.TwentyRepairs => WireReview.Create(VirtualServices.WithoutRetries()),
            Case.DestinationRule => WireReview.Create(OtherKinds.DestinationRule()),
            _ => WireReview.Create(OtherKinds.Rollout()),
        };
}
