using System.CommandLine;
using System.Net;
using AdmissionGuard.Certificates;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Files;

namespace AdmissionGuard.Commands;

/// <summary><c>certs</c>: what is served and until when, a pair made in a folder, a rotation asked for.</summary>
internal static class CertsCommand
{
    public static Command Make(Terminal terminal) =>
        new("certs", "Certificates: show them, make a pair, ask for a rotation.") { Show(terminal), MakePair(terminal), Rotate(terminal) };

    private static Command Show(Terminal terminal)
    {
        var dir = new Option<string?>("--dir")
        {
            Description = "folder with tls.crt, tls.key and perhaps ca.crt; certs where no cluster is named",
            HelpName = "DIR",
        };
        var cluster = new ClusterOptions();
        var service = new ServiceOption();
        var command = new Command("show", "Names, validity, who signs, and whether every caBundle trusts it. Exit status 1 where something is wrong.")
        {
            dir,
        };
        cluster.AddTo(command);
        service.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var now = DateTimeOffset.UtcNow;
                using var server = cluster.Connect(parsed, TimeProvider.System);
                if (server is not null && parsed.GetValue(dir) is not null)
                    throw new InputException("--dir or a cluster: one of them");
                var name = service.Of(parsed);
                var report = server is null
                    ? CertificateReport.Of(new CertificateFolder(parsed.GetValue(dir) ?? ServedCertificates.OwnFolder), now)
                    : CertificateReport.Of(await CertificateView.Read(server, name, stop), name, now);
                terminal.Out.Write(report.Text);
                return report.IsWell ? 0 : 1;
            }
        );
        return command;
    }

    private static Command MakePair(Terminal terminal)
    {
        var dir = new Option<string>("--dir")
        {
            Description = "folder to write ca.crt, tls.crt and tls.key into",
            DefaultValueFactory = _ => ServedCertificates.OwnFolder,
            HelpName = "DIR",
        };
        var name = new Option<string[]>("--name")
        {
            Description = "DNS name or address to be served (repeatable), beside localhost and the Service's",
            HelpName = "NAME",
        };
        var command = new Command("make", "A certificate for a year and its authority, in a folder. One of ours that is still good is kept.")
        {
            dir,
            name,
        };
        command.SetAction(parsed =>
        {
            var names = parsed.GetValue(name) ?? [];
            var addresses = names.Where(n => IPAddress.TryParse(n, out _)).Select(IPAddress.Parse);
            var dnsNames = names.Where(n => !IPAddress.TryParse(n, out _));
            if (dnsNames.FirstOrDefault(n => Uri.CheckHostName(n.Replace('*', 'x')) != UriHostNameType.Dns) is { } wrong)
                throw new InputException($"--name {wrong}: no DNS name and no address");
            var folder = new CertificateFolder(parsed.GetValue(dir)!);
            if (folder.IsSomebodyElses)
                throw new InputException(
                    $"{parsed.GetValue(dir)}: a certificate without our ca.crt stands there, it may be somebody else's; name another folder"
                );
            using var certificate = folder.ReadOrMake(
                DateTimeOffset.UtcNow,
                ["localhost", ServiceName.Of(ServiceName.Default).Host, .. dnsNames],
                [.. ServiceName.Addresses, .. addresses],
                out var made
            );
            terminal.Error.WriteLine(
                made ? $"made {folder.AuthorityFile}, tls.crt and tls.key" : "the one that is there is still good, nothing was written"
            );
            terminal.Out.Write(CertificateReport.Of(folder, DateTimeOffset.UtcNow).Text);
            return 0;
        });
        return command;
    }

    private static Command Rotate(Terminal terminal)
    {
        var now = new Option<bool>("--now")
        {
            Description = "hurry: somebody has seen the key. A minute in all; a replica or API server that is behind may refuse for seconds",
        };
        var cluster = new ClusterOptions();
        var service = new ServiceOption();
        var command = new Command(
            "rotate",
            "Asks the replica that leads for a new authority and certificate, without a gap: by an annotation on the Secret."
        )
        {
            now,
        };
        cluster.AddTo(command);
        service.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var name = service.Of(parsed);
                using var server = cluster.Connect(parsed, TimeProvider.System)
                    ?? throw new InputException("a cluster is missing: --kubeconfig PATH or --in-cluster");
                var view = await CertificateView.Read(server, name, stop);
                if (view.Secret.Version is null)
                    throw new InputException($"there is no Secret {name.Namespace}/{name.Secret}; is AdmissionGuard installed, is --service right?");
                if (view.Secret.Owner is { } owner)
                    throw new InputException($"the Secret {name.Namespace}/{name.Secret} is {owner}'s: it rotates it");
                var urgent = parsed.GetValue(now);
                await server.Merge(CertificateSecret.Ask(name, urgent, DateTimeOffset.UtcNow), stop);
                var pace = urgent ? RotationPace.Usual.Urgent : RotationPace.Usual;
                terminal.Out.WriteLine(
                    $"""
                    asked for, by an annotation on Secret {name.Namespace}/{name.Secret}; the replica that holds the lease does it:
                      now             a new authority, added to every caBundle beside the old one
                      after {pace.Settle:h\:mm\:ss}   the new certificate is served, without a restart
                      {pace.Retire:h\:mm\:ss} later   the old authority is taken out of the caBundles
                    admissionguard certs show tells how far it is; to undo, ask again.
                    """
                );
                return 0;
            }
        );
        return command;
    }
}
