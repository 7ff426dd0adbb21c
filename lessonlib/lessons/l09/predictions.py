"""What lesson 09 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="09.a",
        question=(
            "The reader gets 64 numbers for the whole date, no attention, and trains for 200 "
            "steps. Which characters of its answers will be right most often?"
        ),
        choices=("The dashes and the century", "The day", "All about equally often"),
        right=0,
        why=(
            "The dashes stand in the same places, and a year begins with 19 or 20. All other "
            "digits have to be carried through the vector one by one, and that is learned late."
        ),
    ),
    Prediction(
        id="09.b",
        question=(
            "Queries and keys have 1,024 features drawn from a standard normal distribution. The "
            "products are not scaled. The largest of 16 attention weights is on average ..."
        ),
        choices=("about 1/16", "about 1/4", "above 0.9"),
        right=2,
        why=(
            "The scores spread with a standard deviation of 32. The softmax then gives nearly all "
            "to the largest, and hardly any gradient passes."
        ),
    ),
    Prediction(
        id="09.c",
        question=(
            "A sentence of four words is padded to six and run through attention without a mask. "
            "The outputs of its four words, compared with those of the sentence alone, ..."
        ),
        choices=("are the same: padding is zeros", "differ a little", "become NaN"),
        right=1,
        why=(
            "A zero key gets the score 0, and exp(0) = 1: the padding takes its share of every "
            "weight. Only a score of minus infinity takes it out."
        ),
    ),
    Prediction(
        id="09.d",
        question=(
            "One query wants two things at once: the value at a key and the value at a place. One "
            "head of 32 features or two of 16, equal parameters, no layer behind. Both answers are "
            "right for ..."
        ),
        choices=(
            "neither",
            "two heads nearly always, one head seldom",
            "both nearly always: the sizes are equal",
        ),
        right=1,
        why=(
            "One head has one distribution of weights for both wishes, so it returns a mixture of "
            "the two values. Two heads look at two places."
        ),
    ),
    Prediction(
        id="09.e",
        question=(
            "A sentence is turned round, last word first, and run through self-attention without "
            "masks. The outputs are ..."
        ),
        choices=("the same ones, turned round", "quite different ones", "the same in all places"),
        right=0,
        why=(
            "Scores are products of two words, wherever they stand. The order has to be told by "
            "something else: here by a vector for each place, in lesson 10 by several ways."
        ),
    ),
    Prediction(
        id="09.f",
        question=(
            "A classifier of snippets: LSTM both ways, attention over its states. The attention "
            "weights of a snippet are shuffled at random. The answer changes for ..."
        ),
        choices=("nearly all snippets", "about half of them", "less than one in five"),
        right=2,
        why=(
            "Every state of the LSTM has read the whole snippet, so it matters little which state "
            "is looked at. The weights then explain little."
        ),
    ),
]

QUESTIONS = [
    WrittenQuestion(
        id="09.w1",
        title="A red word",
        points=2,
        rubric=(
            "1 point: says why the picture does not prove the cause - another distribution of "
            "attention may give the same answer, or the marked position holds a mixture of all "
            "words (recurrent or deep encoder), or a head is one of many.",
            "1 point: proposes a test of the cause - remove or replace the word, move or shuffle "
            "the weights and measure the change of the answer, compare with gradients - and says "
            "which outcome would speak for the explanation.",
        ),
    ),
]
