using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Terms;

/// <summary>What a policy does about a finding, from the weakest to the strictest.</summary>
public enum GuardAction
{
    /// <summary>The rule does not run.</summary>
    Off,

    /// <summary>Counted and reported; nobody is told at admission.</summary>
    Audit,

    /// <summary>Repaired: never chosen as an action, it is what became of a finding whose default was injected.</summary>
    Fix,

    /// <summary>Admitted, and the user is told.</summary>
    Warn,

    /// <summary>Refused.</summary>
    Deny,
}

/// <summary>Why a finding's action is weaker than its policy says.</summary>
public enum Because
{
    None,

    /// <summary>The old object had it already, and no less.</summary>
    Ratchet,

    /// <summary>It may be a rollback, or help one.</summary>
    Direction,

    /// <summary>A progressive-delivery controller wrote it.</summary>
    Controller,

    /// <summary>The policy's mode caps it.</summary>
    Mode,

    /// <summary>Somebody on call broke the glass.</summary>
    BreakGlass,

    /// <summary>The matter is advice, even in a rule that denies, or it rests on objects of the cluster that are not all known.</summary>
    Advice,
}

/// <summary>How these are written in policies, in reviews and in output.</summary>
public static class Words
{
    public static string Of(GuardAction action) =>
        action switch
        {
            GuardAction.Off => "off",
            GuardAction.Audit => "audit",
            GuardAction.Fix => "fix",
            GuardAction.Warn => "warn",
            _ => "deny",
        };

    public static string Of(Operation operation) =>
        operation switch
        {
            Operation.Create => "CREATE",
            Operation.Update => "UPDATE",
            _ => "DELETE",
        };

    /// <summary>Those that are judged; CONNECT is not.</summary>
    public static readonly Operation[] Operations = [Operation.Create, Operation.Update, Operation.Delete];

    /// <summary>Null for a word that is none of <see cref="Operations"/>.</summary>
    public static Operation? OperationOf(Node word)
    {
        foreach (var operation in Operations)
        {
            if (word.Text == Of(operation))
                return operation;
        }
        return null;
    }

    public static string? Of(Because because) =>
        because switch
        {
            Because.Ratchet => "ratchet",
            Because.Direction => "direction",
            Because.Controller => "controller",
            Because.Mode => "mode",
            Because.BreakGlass => "breakGlass",
            Because.Advice => "advice",
            _ => null,
        };
}
