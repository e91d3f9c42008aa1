using AdmissionGuard.Admission;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Server;

/// <summary>Messages to controllers survive a Go format function; people read what was written.</summary>
public sealed class FormatSafeTests
{
    private const string Text = "from 5 % to 100 % of users\n    write:  maxSurge: 25%";

    [Fact]
    public void A_service_account_gets_no_percent_sign() =>
        Assert.Equal(
            "from 5 percent to 100 percent of users\n    write:  maxSurge: 25 percent",
            FormatSafe.For(new Actor("system:serviceaccount:argo-rollouts:argo-rollouts", []), Text)
        );

    [Fact]
    public void A_person_gets_what_was_written() => Assert.Equal(Text, FormatSafe.For(new Actor("jane", ["developers"]), Text));
}
