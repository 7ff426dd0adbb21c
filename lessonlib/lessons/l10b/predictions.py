"""What lesson 10b asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="10b.a",
        question="Attention only, recall of four pairs. Which model learns to answer?",
        choices=(
            "Both: one attention layer can look at every token.",
            "Only the one with two layers.",
            "Neither: without an MLP nothing can be stored.",
        ),
        right=1,
        why="The asked key can find its earlier copy in one layer, but the value stands one place "
        "further and does not know yet whose value it is. A first layer has to write that down.",
    ),
    Prediction(
        id="10b.b",
        question="A causal model reads the sense at the word 'bank'; the telling word comes after "
        "it. How often is it right?",
        choices=("Nearly always", "About three times in four", "About half of the time"),
        right=2,
        why="What comes later is hidden from the position that is asked: a coin toss.",
    ),
    Prediction(
        id="10b.c",
        question="Asked for a fact that was never stated ('Where does person 17 live?'), what does "
        "the trained model do?",
        choices=(
            "It spreads its probability evenly over all 20 cities.",
            "It names some city, with a confidence far above 1 in 20.",
            "It gives words of any kind: no city stands out.",
        ),
        right=1,
        why="The kind of answer is learned from all persons. Which city is invented, from whatever "
        "this person has in common with others.",
    ),
    Prediction(
        id="10b.d",
        question="50 titles were never asked backwards in training; the other 50 were. How many "
        "of the first 50 are answered backwards?",
        choices=("Nearly all", "About half", "None or nearly none"),
        right=2,
        why="Training on 'A is B' changes what follows A. What follows B is untouched, and the "
        "other half's examples are about other names.",
    ),
    Prediction(
        id="10b.e",
        question="All training sums right at step 40, hardly any other. Training goes on with "
        "weight decay. The test accuracy at step 680?",
        choices=(
            "Still near 0: it has memorised, and nothing is left to learn.",
            "About 1 in 53, like guessing.",
            "Above 0.9.",
        ),
        right=2,
        why="The loss is not zero yet and the decay keeps pressing on the weights. The rule needs "
        "smaller weights than the memory, and takes over.",
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="10b.w1",
        title="Two decisions that do not exist",
        points=2,
        rubric=(
            "1 point: explains the invention by the experiments - form is learned from all "
            "examples, content only from stated facts, so a fact never stated is answered in the "
            "right form and with some confidence; nothing in the loss rewards 'unknown'",
            "1 point: says what size and text change (more facts stated, lower loss) and what they "
            "do not (what no text states cannot be known; confidence separates only in part), with "
            "a remedy such as checking against a register or refusing below a threshold",
        ),
    )
]
