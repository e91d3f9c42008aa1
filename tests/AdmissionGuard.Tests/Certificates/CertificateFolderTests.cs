using System.Net;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Certificates;
using AdmissionGuard.Files;

namespace AdmissionGuard.Tests.Certificates;

public sealed class CertificateFolderTests : IDisposable
{
    private static readonly DateTimeOffset Now = Judge.Now;

    private readonly string path = Directory.CreateTempSubdirectory("admissionguard-certs").FullName;

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact]
    public void The_first_start_makes_a_pair_that_its_authority_signed_and_the_second_takes_it_again()
    {
        using var first = Own(Now, out var made);
        Assert.True(made);
        using var second = Own(Now.AddDays(300), out var madeAgain);
        Assert.False(madeAgain);
        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.True(second.HasPrivateKey);
        Assert.Equal(["ca.crt", "tls.crt", "tls.key"], Files());
        Assert.True(first.MatchesHostname("localhost"));
        Assert.True(first.MatchesHostname("admissionguard.admissionguard.svc"));
        Assert.True(first.MatchesHostname("127.0.0.1"));
        Assert.False(first.MatchesHostname("example.com"));
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = Now.UtcDateTime,
            },
        };
        using var authority = X509Certificate2.CreateFromPem(File.ReadAllText(File_("ca.crt")));
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        Assert.True(chain.Build(second));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(334, false)]
    [InlineData(336, true)]
    [InlineData(400, true)]
    public void It_is_due_when_less_than_thirty_days_are_left(int days, bool due)
    {
        Assert.Equal(due, ServingCertificate.IsDue(Now + ServingCertificate.Lifetime, Now.AddDays(days)));
        Own(Now, out _).Dispose();
        using var certificate = Own(Now.AddDays(days), out var made);
        Assert.Equal(due, made);
        Assert.False(ServingCertificate.IsDue(new DateTimeOffset(certificate.NotAfter), Now.AddDays(days)));
    }

    [Fact]
    public void One_that_is_not_yet_valid_is_made_anew()
    {
        Own(Now, out _).Dispose();
        Own(Now.AddYears(-1), out var made).Dispose();
        Assert.True(made);
    }

    [Fact]
    public void One_that_lacks_an_address_is_made_anew()
    {
        Own(Now, out _).Dispose();
        using var wider = new CertificateFolder(path).ReadOrMake(
            Now,
            ["localhost"],
            [IPAddress.Loopback, IPAddress.Parse("192.0.2.7")],
            out var made
        );
        Assert.True(made);
        Assert.True(wider.MatchesHostname("192.0.2.7"));
    }

    public static TheoryData<string, string> Damages =>
        new()
        {
            { "tls.crt", "" },
            { "tls.key", "" },
            { "ca.crt", "" },
            { "tls.crt", "-----BEGIN CERTIFICATE-----\nMIIB" },
            { "tls.key", "-----BEGIN PRIVATE KEY-----\nMIGH" },
            { "ca.crt", "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n" },
            { "tls.key", "another" },
            { "tls.crt", "another" },
            { "ca.crt", "another" },
            { "tls.crt", "missing" },
            { "tls.key", "missing" },
            { "ca.crt", "missing" },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Files_that_are_half_written_or_do_not_belong_together_are_replaced(string file, string content)
    {
        Own(Now, out _).Dispose();
        if (content == "missing")
            File.Delete(File_(file));
        else
            File.WriteAllText(File_(file), content == "another" ? Another(file) : content);
        Own(Now, out var made).Dispose();
        Assert.True(made);
        Own(Now, out var madeAgain).Dispose();
        Assert.False(madeAgain);
        Assert.Equal(["ca.crt", "tls.crt", "tls.key"], Files());
    }

    [Fact]
    public void The_key_is_its_owners_alone_even_where_one_lay_open()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(File_("tls.key"), "old");
        File.SetUnixFileMode(File_("tls.key"), (UnixFileMode)0b110_100_100);
        Own(Now, out _).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File_("tls.key")));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_in_one_line()
    {
        File.WriteAllText(File_("file"), "");
        var error = Assert.Throws<InputException>(() => new CertificateFolder(File_("file")).ReadOrMake(Now, ["localhost"], [], out _));
        Assert.StartsWith($"{File_("file")}: a certificate cannot be kept there: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void What_somebody_else_keeps_is_read_and_never_written()
    {
        var made = ServingCertificate.Make(Now.AddYears(-3), ["localhost"], []);
        File.WriteAllText(File_("tls.crt"), made.CertificatePem);
        File.WriteAllText(File_("tls.key"), made.KeyPem);
        var before = Files().Select(f => (f, File.ReadAllText(File_(f)), File.GetLastWriteTimeUtc(File_(f)))).ToList();
        using var certificate = new CertificateFolder(path).Read(out _);
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal(before, Files().Select(f => (f, File.ReadAllText(File_(f)), File.GetLastWriteTimeUtc(File_(f)))));
    }

    [Fact]
    public void A_missing_or_mismatched_pair_of_somebody_else_is_an_error_that_names_the_file()
    {
        Assert.Equal(
            $"{File_("tls.crt")}: not there; --cert-dir is for a folder with tls.crt and tls.key",
            Assert.Throws<InputException>(Read).Message
        );
        File.WriteAllText(File_("tls.crt"), Another("tls.crt"));
        Assert.StartsWith($"{File_("tls.key")}: not there", Assert.Throws<InputException>(Read).Message, StringComparison.Ordinal);
        File.WriteAllText(File_("tls.key"), Another("tls.key"));
        Assert.StartsWith(
            $"{File_("tls.crt")}: no certificate with its key in {File_("tls.key")}",
            Assert.Throws<InputException>(Read).Message,
            StringComparison.Ordinal
        );
        File.Delete(File_("tls.key"));
        Directory.CreateDirectory(File_("tls.key"));
        Assert.StartsWith($"{File_("tls.key")}: cannot be read: ", Assert.Throws<InputException>(Read).Message, StringComparison.Ordinal);

        void Read() => new CertificateFolder(path).Read(out _).Dispose();
    }

    private X509Certificate2 Own(DateTimeOffset now, out bool made) =>
        new CertificateFolder(path).ReadOrMake(now, ["localhost", "admissionguard.admissionguard.svc"], [IPAddress.Loopback], out made);

    private string File_(string name) => Path.Combine(path, name);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    private static string Another(string file)
    {
        var other = ServingCertificate.Make(Now, ["localhost"], [IPAddress.Loopback]);
        return file switch
        {
            "tls.crt" => other.CertificatePem,
            "tls.key" => other.KeyPem,
            _ => other.AuthorityPem,
        };
    }
}
