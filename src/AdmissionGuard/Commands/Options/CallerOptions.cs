using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Files;
using AdmissionGuard.Server;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--client-ca</c> and <c>--client-name</c>: by which client certificate the API server shows who it is.</summary>
internal sealed class CallerOptions
{
    private readonly Option<string?> authority = new("--client-ca")
    {
        Description =
            "authorities that sign the API server's client certificate; who shows none gets verdicts without traces and other objects' names",
        HelpName = "FILE",
    };

    private readonly Option<string[]> name = new("--client-name")
    {
        Description = "common name or DNS name of that certificate; may be given more than once",
        HelpName = "NAME",
    };

    public CallerOptions() =>
        authority.Validators.Add(given =>
        {
            if (given.GetResult(name) is null)
                given.AddError("--client-ca goes with --client-name: an authority signs certificates of others too");
        });

    public void AddTo(Command command)
    {
        command.Add(authority);
        command.Add(name);
    }

    /// <summary>Null where no certificate is asked for.</summary>
    /// <exception cref="InputException">The file holds no authority.</exception>
    public ClientCertificates? Of(ParseResult parsed)
    {
        if (parsed.GetValue(authority) is not { } file)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InputException($"--client-ca {file}: cannot be read: {e.Message}");
        }
        return authorities.Count > 0
            ? new ClientCertificates(authorities, parsed.GetValue(name)!)
            : throw new InputException($"--client-ca {file}: holds no certificate");
    }
}
